/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORDING_H
#define SIM_RECORDING_H

/*
 * recording - what went over the wires, one JSON object per line.
 *
 * The first line describes the session: {"kind":"meta","version":1, ...}, the
 * version being 1 where it is not told.  Each further line is one event, `t` in
 * seconds from the start:
 *
 *	{"t":0.0089,"src":"milter","milter":"m1","conn":1,"dir":"mta>milter",
 *	 "cmd":"O","len":13,"hex":"00000006...","txt":"version 6 ..."}
 *	{"t":0.01,"src":"milter","milter":"m1","conn":1,"dir":"milter>mta",
 *	 "raw":"00000000","txt":"..."}          bytes outside any frame
 *	{"t":0.01,"src":"milter","milter":"m1","conn":1,"ev":"connect"}
 *	{"t":0.02,"src":"smtp","conn":1,"dir":"C>S","text":"EHLO bar.com\r\n"}
 *	{"t":0.03,"src":"smtp","conn":1,"ev":"eof"}
 *	{"t":0.03,"src":"milter","milter":"m1","conn":1,"ev":"breach",
 *	 "rule":"reply/unasked","by":"milter","txt":"..."}
 *	{"t":0.09,"src":"result", ...}          what the MTA made of it
 *
 * `len` is the length field as it stood in the packet, `hex` the payload behind
 * the letter.  `text` holds the exact bytes as Latin-1; members that are not
 * named here are for people and ignored.  The order of lines is the order in
 * which one process saw them.
 *
 * Reading a line is a pure function; a record owns what it holds.  Writing takes
 * an event, wherever it comes from.
 */

#include "base/text.h"
#include "sim/transcript/event.h"

enum record_kind {
	RECORD_META,
	RECORD_PACKET, /* milter: to, letter, length, bytes */
	RECORD_RAW,    /* milter: to, bytes outside a frame */
	RECORD_EVENT,  /* milter or smtp: event */
	RECORD_SMTP,   /* smtp: from_client, bytes */
	RECORD_OTHER,  /* anything else; to be passed over */
};

enum { RECORD_BYTES_MAX = 4 * 1024 * 1024, RECORD_VERSION = 1 };

struct record {
	enum record_kind kind;
	double t;
	struct text milter; /* "m1"; empty for smtp */
	long conn;          /* from 1; 0 when there is none */
	enum direction to;
	bool from_client;
	char letter;
	uint32_t length;   /* as on the wire: letter and payload */
	struct text bytes; /* payload, raw bytes or SMTP text */
	struct text event;
	bool redacted; /* RECORD_META: what is personal is masked */
};

#define RECORD_INIT                                                                      \
	{                                                                                \
		.milter = TEXT_INIT(64), .bytes = TEXT_INIT(RECORD_BYTES_MAX),           \
		.event = TEXT_INIT(200),                                                 \
	}

/*
 * Reads one line into *r, whatever it held before.  False: *why says what is
 * wrong, without file and line.
 */
bool record_read(struct slice line, struct record *r, struct text *why);

/* "m2" is 1; "m1" to "m9".  False: no such name, *ret is untouched. */
bool record_filter(struct slice name, size_t *ret);

/*
 * The event that was recorded; borrows from *r.  False: a line that is none, for
 * people or about the session.
 */
bool record_event(const struct record *r, struct event *ret);

/*
 * Appends the first line of a recording: the session's name, a sentence about it, and
 * what the MTA is; of these two, none where empty.
 */
void record_begin_json(
    struct text *out, struct slice scenario, struct slice about, struct slice mta);

/*
 * Appends the event as one line with its LF, `t` counted from `start_ms` of the
 * event's clock.  False: it does not fit.
 */
bool event_json(struct text *out, const struct event *e, uint64_t start_ms);

void record_clear(struct record *r);

/* Appends bytes written as hexadecimal digits; false on anything else. */
bool hex_append(struct text *out, struct slice digits);

#endif
