# SPDX-License-Identifier: BSD-2-Clause
"""The bugs of 2003 as small changes to today's source; docs/TESTING.md says what each is.

BUGS[row] = [(file, text that stands there once, what to put in its place)...]; a
file is named by the end of its path under src/.
Where the old program had no such part, the change is to what has its job today.
"""

SCAN, VIRUS, MILTER, DAEMON = "scan.c", "virus.c", "milter.c", "daemon.c"
FEED = "	if (s->status != SCAN_CLEAN || piece.len == 0 || s->scanner->count == 0)\n		return s->status;\n"
TERMINATE = (SCAN, FEED, FEED + """
	char *beyond = (char *)(size_t)piece.ptr + piece.len, was = *beyond;

	*beyond = '\\0';
""")

BUGS = {
    1: [TERMINATE, (SCAN, "	if (w.end != 0) {\n", "	*beyond = was;\n	if (w.end != 0) {\n")],

    2: [TERMINATE, (SCAN, "	if (w.unfinished < at)\n", "	*beyond = was;\n	if (w.unfinished < at)\n")],

    3: [(SCAN, FEED, FEED + "	s->seen = s->next = 0;\n	s->kept = 0;\n")],

    4: [(SCAN, FEED, "	piece.len = strnlen(piece.ptr, piece.len);\n" + FEED)],

    5: [("answer.c", "		set_reply(ctx, &v);\n	if (v.delay_ms", "		(void)set_reply;\n	if (v.delay_ms")],

    6: [(VIRUS, "	.failure = { .kind = VERDICT_TEMPFAIL,", "	.failure = { .kind = VERDICT_ACCEPT,")],

    7: [("counters.c", "	pthread_mutex_lock(&c->lock);\n	find(c, label)->total++;\n	pthread_mutex_unlock(&c->lock);\n",
         "	find(c, label)->total++;\n")],

    8: [("counters.c", "	if (localtime_r(&now, &tm) != NULL)\n",
         "	if (ctime(&now) != NULL && localtime_r(&now, &tm) != NULL)\n")],

    9: [(MILTER, "	if (!has_message(s))\n		return answer_failure(ctx, s, ON_BODY);\n", "")],

    10: [(MILTER, "	session_free(session_of(ctx));\n	(void)smfi_setpriv(ctx, NULL);\n	return SMFIS_CONTINUE;\n",
          "	(void)smfi_setpriv(ctx, NULL);\n	return SMFIS_CONTINUE;\n")],

    11: [("log.c", "	if (poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) &&\n"
                            "	    !(ready.revents & POLLERR))\n", "	(void)ready;\n")],

    12: [("listener_unix.c", "		return unlinkat(l->folder_fd, l->name, 0) == 0 ||\n", "		return true ||\n")],

    13: [("args.c", "		default: return unknown(p, argv[optind - 1]);\n",
          "		default: (void)unknown; break;\n"),
         ("listener.c", "	return fail(why, w->spec,\n	    \"want unix:PATH,",
          "	if (l != NULL)\n		return true;\n	return fail(why, w->spec,\n	    \"want unix:PATH,")],

    14: [("virus-milter/main.c", "	    !signature_file_read(o->signatures, &limits, &signatures, why))\n"
                                     "		return false;\n",
          "	    false)\n		return false;\n	signatures = (struct signatures){ .count = 0 };\n"
          "	(void)signature_file_read(o->signatures, &limits, &signatures, why);\n")],

    15: [(VIRUS, "	r->scanner = scanner_new(patterns, signatures->count);\n",
          "	r->scanner = scanner_new(patterns, signatures->count < 200 ? signatures->count : 200);\n")],

    16: [("signatures.c", "	if (pattern.len < r->rules->min_pattern) {\n",
          "	if (pattern.len > 0 && pattern.len < r->rules->min_pattern) {\n"),
         ("signatures.c", "	case LINE_BLANK: return close_entry(r);\n",
          "	case LINE_BLANK: return r->open == OPEN_NAME ? take_pattern(r, part) : close_entry(r);\n")],

    17: [(VIRUS, "	struct verdict v = { .kind = kind[m->rules->action], .label = found(m) };\n",
          "	struct verdict v = { .kind = kind[m->rules->action], .label = found(m) };\n"
          "	char name[100];\n\n	memcpy(name, found(m).ptr, found(m).len);\n"
          "	name[found(m).len] = '\\0';\n	if (name[0] == '\\0')\n		return CARRY_ON;\n")],

    18: [(VIRUS, "	m->sender_len = (uint16_t)(kept.len + (kept.len < ev->path.len));\n",
          "	m->sender_len = (uint16_t)(kept.len < 98 ? kept.len : 98);\n")],

    19: [(VIRUS, "	text_append_quotable(line, (struct slice){ m->sender, kept }, kept);\n",
          "	(void)text_append(line, (struct slice){ m->sender, kept });\n")],

    20: [("answer.c", "#include \"base/log.h\"\n", "#include <syslog.h>\n\n#include \"base/log.h\"\n"),
         ("answer.c", "	log_warning(\"%s\", text_cstr(&line));\n",
          "	openlog(\"virus\", 0, LOG_MAIL);\n	log_warning(\"%s\", text_cstr(&line));\n")],

    21: [("signals.c", "	bool end = number == SIGTERM || number == SIGINT;\n",
          "	bool end = number == SIGTERM || number == SIGINT || number == SIGHUP;\n"),
         (DAEMON, "	service_join();\n	summarize(d);\n", "	service_join();\n")],

    22: [(DAEMON, "	log_info(\"%s\", text_cstr(&line));\n",
          "	if (strstr(text_cstr(&line), \": 0 messages\") == NULL)\n"
          "		log_info(\"%s\", text_cstr(&line));\n")],

    23: [(MILTER, "		*ret_actions = SMFIF_SETSYMLIST;\n",
          "		*ret_actions = SMFIF_SETSYMLIST | SMFIF_ADDHDRS;\n"),
         (MILTER, "		.xxfi_flags = SMFIF_SETSYMLIST,\n", "		.xxfi_flags = SMFIF_SETSYMLIST | SMFIF_ADDHDRS,\n")],

    25: [(VIRUS, "	scan_begin(&m->scan, m->rules->scanner);\n	return m;\n",
          "	scan_begin(&m->scan, m->rules->scanner);\n	count_message(m);\n	return m;\n")],

    26: [("signatures.c", "	if (r->open == OPEN_NAME)\n		r->now = (struct",
          "	if (r->open == OPEN_NAME || r->open == OPEN_PATTERN)\n		r->now = (struct")],

    27: [(VIRUS, "	char sender[VIRUS_SENDER_MAX];\n", "	char sender[VIRUS_SENDER_MAX + 8000];\n"),
         (DAEMON, "	while (atomic_load(&d->service.flowing) > 0 && monotonic_ms() < until &&\n",
          "	while (atomic_load(&d->service.flowing) > 0 && until > 0 &&\n")],
}
