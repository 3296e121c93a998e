/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/export.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "store/sidecar.h"

enum { PATH_MAX_LENGTH = 4096 };

static bool
put(struct slice s, FILE *to)
{
	return s.len == 0 || fwrite(s.ptr, 1, s.len, to) == s.len;
}

bool
export_begin(enum export_format format, FILE *to)
{
	return format == EXPORT_MBOX || put(SLICE("EHLO localhost\r\n"), to);
}

bool
export_end(enum export_format format, FILE *to)
{
	bool ok = format == EXPORT_MBOX || put(SLICE("QUIT\r\n"), to);

	return ok && fflush(to) == 0;
}

/* DIR/new/NAME or DIR/cur/NAME:2,FLAGS -> DIR/envelope/NAME.json */
static bool
sidecar_path(const char *path, struct text *ret)
{
	struct slice whole = slice_of(path);
	size_t last = slice_find_last(whole, '/');
	struct slice name = last < whole.len ? slice_from(whole, last + 1) : whole;
	struct slice folder = last < whole.len ? slice_first(whole, last) : SLICE(".");
	size_t before = slice_find_last(folder, '/');

	name = slice_first(name, slice_find(name, ':'));
	if (slice_equal(folder, SLICE(".")))
		text_printf(ret, "..");
	else if (before < folder.len)
		text_printf(ret, "%.*s", (int)before, folder.ptr);
	else
		text_printf(ret, ".");
	text_printf(ret, "/envelope/%.*s.json", (int)name.len, name.ptr);
	return name.len > 0 && ret->len < ret->limit;
}

static bool
read_sidecar(const char *path, struct sidecar *ret, struct text *why)
{
	struct text name = TEXT_INIT(PATH_MAX_LENGTH), json = TEXT_INIT(0);
	bool ok = sidecar_path(path, &name);

	if (ok && file_read(text_cstr(&name), SIDECAR_MAX, &json, why)) {
		struct text fault = TEXT_INIT(200);
		ok = sidecar_read(text_slice(&json), ret, &fault);
		if (!ok) {
			text_printf(why, "%s: %s", text_cstr(&name), text_cstr(&fault));
			sidecar_clear(ret);
		}
		text_clear(&fault);
	} else {
		ok = false;
	}
	text_clear(&json);
	text_clear(&name);
	return ok;
}

/* RFC 5321 4.1.2 has no control character in a path or parameter. */
static bool
is_speakable(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return false;
	}
	return true;
}

static bool
path_is_speakable(const struct sidecar_path *p)
{
	bool ok = is_speakable(text_slice(&p->path));

	for (size_t i = 0; i < p->nargs; i++)
		ok = ok && is_speakable(text_slice(&p->arg[i]));
	return ok;
}

static const char *
envelope_fault(const struct sidecar *s)
{
	size_t takers = 0;
	bool ok = path_is_speakable(&s->sender);

	for (size_t i = 0; i < s->nrecipients; i++) {
		ok = ok && path_is_speakable(&s->recipient[i]);
		takers += !s->recipient[i].rejected;
	}
	if (!ok)
		return "a control character in its envelope cannot be replayed";
	return takers > 0 ? NULL : "nobody was to receive it";
}

static bool
of_another_session(struct slice arg)
{
	return slice_starts_nocase(arg, SLICE("SIZE=")) ||
	       slice_starts_nocase(arg, SLICE("AUTH="));
}

static bool
put_command(const char *verb, const struct sidecar_path *p, FILE *to)
{
	struct slice path = text_slice(&p->path);
	bool bare = path.len == 0 || path.ptr[0] != '<';
	bool ok = put(slice_of(verb), to) && (!bare || put(SLICE("<"), to)) &&
		  put(path, to) && (!bare || put(SLICE(">"), to));

	for (size_t i = 0; ok && i < p->nargs; i++) {
		struct slice arg = text_slice(&p->arg[i]);
		if (!of_another_session(arg))
			ok = put(SLICE(" "), to) && put(arg, to);
	}
	return ok && put(SLICE("\r\n"), to);
}

static bool
put_envelope(const struct sidecar *s, FILE *to)
{
	bool ok = put_command("MAIL FROM:", &s->sender, to);

	for (size_t i = 0; ok && i < s->nrecipients; i++) {
		if (!s->recipient[i].rejected)
			ok = put_command("RCPT TO:", &s->recipient[i], to);
	}
	return ok && put(SLICE("DATA\r\n"), to);
}

/* The message line by line, each shown to `put_line` with its line end. */
static bool
each_line(FILE *from, FILE *to, bool (*put_line)(struct slice line, FILE *to),
    struct slice *ret_end)
{
	static const struct slice crlf = SLICE("\r\n");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool ok = true;

	*ret_end = crlf; /* what is still missing at the end */
	while (ok && (n = getline(&line, &room, from)) != -1) {
		ok = put_line((struct slice){ line, (size_t)n }, to);
		*ret_end = line[n - 1] == '\n' ? SLICE("") : crlf;
	}
	free(line);
	return ok && !ferror(from);
}

/*
 * A dot after a bare LF is doubled too: some receivers end the message at
 * LF.CRLF, and what follows would be taken for commands.
 */
static bool
put_smtp_line(struct slice line, FILE *to)
{
	return (line.ptr[0] != '.' || put(SLICE("."), to)) && put(line, to);
}

static bool
put_bsmtp(const struct sidecar *s, FILE *from, FILE *to)
{
	struct slice end;

	return put_envelope(s, to) && each_line(from, to, put_smtp_line, &end) &&
	       put(end, to) && put(SLICE(".\r\n"), to);
}

static bool
put_mbox_line(struct slice line, FILE *to)
{
	size_t marks = 0;

	while (marks < line.len && line.ptr[marks] == '>')
		marks++;
	if (slice_starts(slice_from(line, marks), SLICE("From ")) && !put(SLICE(">"), to))
		return false;
	if (line.len >= 2 && line.ptr[line.len - 2] == '\r' &&
	    line.ptr[line.len - 1] == '\n')
		return put(slice_first(line, line.len - 2), to) && put(SLICE("\n"), to);
	return put(line, to);
}

static bool
put_from_line(const struct sidecar *s, FILE *to)
{
	struct text sender = TEXT_INIT(1000);
	time_t t = (time_t)s->received;
	struct tm utc;
	char date[40] = "Thu Jan  1 00:00:00 1970";

	for (size_t i = 0; i < s->sender.path.len && i < 500; i++) {
		char c = s->sender.path.ptr[i];
		if (c != '<' && c != '>')
			text_printf(&sender, "%c", c > ' ' && c <= '~' ? c : '?');
	}
	if (gmtime_r(&t, &utc) != NULL)
		(void)strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &utc);
	bool ok = fprintf(to, "From %s %s\n",
		      sender.len > 0 ? text_cstr(&sender) : "MAILER-DAEMON", date) > 0;
	text_clear(&sender);
	return ok;
}

static bool
put_mbox(const struct sidecar *s, FILE *from, FILE *to)
{
	struct slice end;

	return put_from_line(s, to) && each_line(from, to, put_mbox_line, &end) &&
	       (end.len == 0 || put(SLICE("\n"), to)) && put(SLICE("\n"), to);
}

static const char *
message_fault(enum export_format format, const struct sidecar *s, bool also_cut)
{
	if (!s->complete && !also_cut)
		return "is not complete, export it with --cut if you want it all the "
		       "same";
	return format == EXPORT_BSMTP ? envelope_fault(s) : NULL;
}

bool
export_message(enum export_format format, const char *path, bool also_cut, FILE *to,
    struct text *why)
{
	struct sidecar s;

	if (!read_sidecar(path, &s, why))
		return false;
	const char *fault = message_fault(format, &s, also_cut);
	FILE *from = fault == NULL ? fopen(path, "re") : NULL;
	if (fault == NULL && from == NULL)
		fault = strerror(errno);
	if (fault == NULL &&
	    !(format == EXPORT_BSMTP ? put_bsmtp(&s, from, to) : put_mbox(&s, from, to)))
		fault = "cannot be read or written to its end";
	if (fault != NULL)
		text_printf(why, "%s: %s", path, fault);
	if (from != NULL)
		(void)fclose(from);
	sidecar_clear(&s);
	return fault == NULL;
}
