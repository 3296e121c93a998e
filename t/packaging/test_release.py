# SPDX-License-Identifier: BSD-2-Clause
"""tools/release-check: each thing that would make a release wrong is named."""

import hashlib
import shutil
import subprocess

import pytest

from packages import SOURCE, cannot, need, tarball

pytestmark = pytest.mark.limit(1200)
FILES = ["configure.ac", "NEWS", "packaging/refmilter.spec", "debian/changelog", "tools/release-check",
         ".gitattributes"]


def git(top, *words):
    subprocess.run(["git", "-C", top, "-c", "user.name=a", "-c", "user.email=a@b.example", *words],
                   check=True, capture_output=True)


def check(top, *words, **env):
    end = subprocess.run([top / "tools/release-check", *words], capture_output=True, text=True,
                         check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(top.parent), **env})
    return end.returncode, end.stderr


def edit(top, file, before, after):
    text = (top / file).read_text()
    assert before in text
    (top / file).write_text(text.replace(before, after, 1))


@pytest.fixture
def clone(tmp_path):
    """As on the day of the release: what it looks at, NEWS with a day, committed."""
    need("git")
    if not (SOURCE / ".gitattributes").is_file():
        cannot("this is no clone")
    top = tmp_path / "clone"
    for file in FILES:
        (top / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SOURCE / file, top / file)
    edit(top, "NEWS", " - not released yet", " - 2027-01-31")
    git(tmp_path, "init", "-q", top)
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "release")
    return top


def test_a_tree_that_agrees_with_itself_passes(clone):
    assert check(clone, "--versions") == (0, "")


@pytest.mark.parametrize("file, before, after, said", [
    ("NEWS", "0.1.0 - 2027-01-31", "0.1.0 - not released yet", "NEWS: '0.1.0 - not released yet' should be"),
    ("NEWS", "0.1.0 - ", "0.2.0 - ", "NEWS says 0.2.0, configure.ac 0.1.0"),
    ("packaging/refmilter.spec", "0.1.0", "0.1.1", "packaging/refmilter.spec says 0.1.1"),
    ("debian/changelog", "(0.1.0-1)", "(0.0.9-3)", "debian/changelog says 0.0.9"),
    ("configure.ac", "[0.1.0]", "[0.1]", "'0.1' is no version like 1.2.3"),
])
def test_each_file_with_another_version_is_named(clone, file, before, after, said):
    edit(clone, file, before, after)
    status, stderr = check(clone, "--versions")
    assert status == 1 and said in stderr


def test_what_is_not_committed_is_named(clone):
    (clone / "notes").write_text("?\n")
    assert check(clone, clone.parent / "out", TARBALL="/none") == (1, "release-check: not committed: ?? notes \n")


def test_a_tag_of_another_commit_is_named(clone):
    git(clone, "tag", "v0.1.0")
    git(clone, "commit", "-q", "--allow-empty", "-m", "later")
    status, stderr = check(clone, clone.parent / "out", TARBALL="/none")
    assert status == 1 and "the tag v0.1.0 is there already, and is not this commit" in stderr


def test_a_file_that_the_tarball_forgot_is_named(clone):
    (clone / "forgotten.c").write_text("int x;\n")
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "one more")
    status, stderr = check(clone, clone.parent / "out", TARBALL=str(tarball()))
    assert status == 1
    assert stderr == "release-check: not in the tarball, and not on the list of .gitattributes: forgotten.c\n"
    assert not (clone.parent / "out").exists()


def test_the_release_of_today_with_its_checksum(clone):
    """The tarball against the real list of files is `make release-check`'s: here of those above."""
    out = clone.parent / "out"
    status, stderr = check(clone, out, TARBALL=str(tarball()))
    assert (status, stderr) == (0, "release-check: not signed: KEY=ID names a key\n")
    name = tarball().name
    said = (out / f"{name}.sha256").read_text()
    assert said == hashlib.sha256((out / name).read_bytes()).hexdigest() + f"  {name}\n"


def test_every_file_of_the_clone_is_in_the_tarball_or_left_out_by_name(clone):
    """With all that git tracks in the real tree."""
    listed = subprocess.run(["git", "-C", SOURCE, "ls-files"], capture_output=True, text=True, check=False)
    if listed.returncode != 0 or "configure.ac" not in listed.stdout:
        cannot("this is no clone")
    for file in listed.stdout.splitlines():
        if not (clone / file).exists():
            (clone / file).parent.mkdir(parents=True, exist_ok=True)
            (clone / file).touch()
    git(clone, "add", "-A", "-f")
    git(clone, "commit", "-q", "--allow-empty", "-m", "all")
    status, stderr = check(clone, clone.parent / "out", TARBALL=str(tarball()))
    assert status == 0, stderr


def test_a_release_is_signed_by_who_has_a_key(clone):
    need("gpg")
    home = clone.parent / "keys"
    home.mkdir(mode=0o700)
    made = subprocess.run(["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "a@b.example",
                           "ed25519", "sign", "1d"], env={"PATH": "/usr/bin:/bin", "GNUPGHOME": str(home)},
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:
        cannot("gpg makes no key here: " + made.stderr.strip()[-200:])
    out = clone.parent / "out"
    try:
        assert check(clone, out, TARBALL=str(tarball()), KEY="a@b.example", GNUPGHOME=str(home)) == (0, "")
        signature = out / f"{tarball().name}.asc"
        end = subprocess.run(["gpg", "--verify", signature, out / tarball().name], capture_output=True,
                             env={"PATH": "/usr/bin:/bin", "GNUPGHOME": str(home)}, check=False)
        assert end.returncode == 0
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env={"PATH": "/usr/bin:/bin", "GNUPGHOME": str(home)},
                       check=False)
