# SPDX-License-Identifier: BSD-2-Clause
"""Small changes that change nothing a test could see, and why.

EQUIVALENT[file] = [(line as it stands, line as changed, reason)...], both without
their indent.  What stands here is not run when it is drawn, and is counted by
itself.  A row whose line is gone from its file is told by t/bite/put_back --fits.
"""

EQUIVALENT = {
    "src/base/config_file.c": [
        ("else if (quote != 0 && p[i] == quote)", "else if (quote != 1 && p[i] == quote)",
         "outside of quotes `quote` is 0, and a NUL byte only sets it to 0 again"),
    ],
    "src/base/text.c": [
        ("while (cap < need)", "while (cap <= need)", "a larger block, the same text"),
    ],
    "src/policy/address/address_list.c": [
        ("word = 0;", "word = 1;", "another hash, the same for what is put in and what is looked up"),
        ("list->name == NULL || list->block_cap > UINT32_MAX) {",
         "list->name == NULL || list->block_cap >= UINT32_MAX) {",
         "a list of 4 GiB less a byte; its file has a limit far below"),
    ],
    "src/policy/address/address_names.c": [
        ("for (size_t i = 1; (q->forms & ADDRESS_FORM_BELOW) != 0 && i + 1 < domain.len;",
         "for (size_t i = 1; (q->forms & ADDRESS_FORM_BELOW) != 0 && i + 1 <= domain.len;",
         "asks for the entry `.` too, which no list has"),
    ],
    "src/policy/quota/aliases.c": [
        ("if (n >= rest->len || !is_blank(rest->ptr[n]))", "if (n > rest->len || !is_blank(rest->ptr[n]))",
         "the loop ends there anyway, and the block is a byte larger than the file"),
    ],
    "src/policy/quota/limits.c": [
        ("if (ret->count > 1)", "if (ret->count > 0)", "one entry is in order already"),
    ],
    "src/policy/spam/field_scan.c": [
        ("size_t n = (unsigned char)s.ptr[0] < 0x80 ? 0 : utf8_next(s, &wide);",
         "size_t n = (unsigned char)s.ptr[0] <= 0x80 ? 0 : utf8_next(s, &wide);",
         "a lone 0x80 begins no letter"),
        ("size_t n = (unsigned char)s.ptr[0] < 0x80 ? 1 : utf8_next(s, &wide);",
         "size_t n = (unsigned char)s.ptr[0] <= 0x80 ? 1 : utf8_next(s, &wide);",
         "a lone 0x80 is one byte long in both ways"),
    ],
    "src/policy/virus/candidate.c": [
        ("if (w->end != 0 && (end > w->end || (end == w->end && r->index > w->signature)))",
         "if (w->end != 0 && (end > w->end || (end == w->end && r->index >= w->signature)))",
         "the same signature at the same place replaces itself"),
    ],
    "src/policy/virus/scan.c": [
        ("s->hit = (struct scan_hit){ 0 };", "s->hit = (struct scan_hit){ 1 };",
         "nobody looks at it before a hit, which sets all of it"),
    ],
    "src/policy/virus/scanner.c": [
        ("gram_census_add(&census, slice_at(s, i));", ";",
         "worse anchors find the same, only slower: see t/bench"),
    ],
    "src/store/clamd_server.c": [
        ("struct text why = TEXT_INIT(200);", "struct text why = TEXT_INIT(201);", "thrown away unread"),
    ],
    "src/store/clamd_teller.c": [
        ("for (size_t i = 0; i < CLAMD_SERVERS_MAX; i++)", "for (size_t i = 0; i <= CLAMD_SERVERS_MAX; i++)",
         "the one behind the last server is cleared twice, which does nothing"),
    ],
    "src/store/clamd_watch.c": [
        ("w->look_ms > AWAY_MS)", "w->look_ms >= AWAY_MS)", "the same time in both ways"),
    ],
    "src/store/dialog.c": [
        ("if (n >= 0)", "if (n > 0)", "send() of a byte or more takes one, or fails"),
    ],
    "src/store/places.c": [
        ("pthread_cond_timedwait(&w->turn, &p->lock, &until) == 0)",
         "pthread_cond_timedwait(&w->turn, &p->lock, &until) == 1)",
         "the loop around it waits again as long as there is time"),
    ],
    "src/store/told.c": [
        ("for (unsigned i = 0; i < t->used; i++)", "for (unsigned i = 0; i <= t->used; i++)",
         "one that is not in use yet is set anew before it is"),
    ],
    "src/virus-milter/second_stage.c": [
        ("struct text what = TEXT_INIT(600);", "struct text what = TEXT_INIT(601);", "one byte more for a reason"),
    ],
    "src/store/spool.c": [
        (".kept = TEXT_INIT(memory > 0 ? memory : 1),", ".kept = TEXT_INIT(memory > 1 ? memory : 1),",
         "1 in both ways where it is 1"),
        ("if (s->fd != -1)", "if (s->fd != -0)", "there is no file, and -1 is none to close"),
        ("struct text path = TEXT_INIT(4096);", "struct text path = TEXT_INIT(4097);",
         "longer than any path that can be opened, in both ways"),
        ("char path[64];", "char path[65];", "room for a number in both ways"),
    ],
    "src/store/stream.c": [
        ("return left < PROGRESS_MS ? (int)left : PROGRESS_MS;",
         "return left <= PROGRESS_MS ? (int)left : PROGRESS_MS;", "the lesser of two, the same where both are"),
        ("return (int)(left < next ? left : next);", "return (int)(left <= next ? left : next);",
         "the lesser of two, the same where both are"),
    ],
}


def reason(file, old, new):
    """Why nobody can see this change; None: somebody should."""
    for was, becomes, why in EQUIVALENT.get(file, ()):
        if (was, becomes) == (old.strip(), new.strip()):
            return why
    return None


def gone(top):
    """The rows that no longer fit, as "FILE: LINE"."""
    return [f"{file}: {was}" for file, rows in EQUIVALENT.items() for was, _, _ in rows
            if not (top / file).exists()
            or was not in (line.strip() for line in (top / file).read_text().splitlines())]
