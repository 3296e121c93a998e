/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_CLAMD_LINK_H
#define STORE_CLAMD_LINK_H

/*
 * clamd_link - one question to one clamd: a connection, a command, an answer.
 *
 * clamd scans only after the end mark, and an open stream takes one of its
 * places for all others meanwhile; so a message is sent when it is whole, and a
 * connection serves one question.  An answer that comes before all is sent is
 * no verdict, whatever it says.  What clamd says before it hangs up is read even
 * when writing to it fails.
 *
 * A link is one thread's.
 */

#include "policy/virus/clamd_answer.h"
#include "store/spool.h"
#include "store/stream.h"

struct clamd_address {
	struct sockaddr_storage at;
	socklen_t len; /* 0: not known */
};

struct clamd_limits { /* milliseconds */
	unsigned connect;
	unsigned send;   /* without a byte being taken */
	unsigned answer; /* after the last byte, to the end of the answer */
};

/* Why there is no verdict. */
#define CLAMD_TROUBLES(X)                                                                \
	X(CONNECT, "connect")   /* no connection: away, refused, no descriptor */        \
	X(SEND, "send")         /* it does not take the message */                       \
	X(LATE, "late")         /* no answer in time */                                  \
	X(CLOSED, "closed")     /* it hung up before the end of an answer */             \
	X(ERROR, "error")       /* it says so itself */                                  \
	X(NONSENSE, "nonsense") /* no answer that clamd gives */                         \
	X(SPOOL, "spool")       /* the message cannot be kept, or read back */           \
	X(BUSY, "busy")         /* no place came free in time */                         \
	X(GONE, "gone")         /* the MTA gave up meanwhile */

#define TROUBLE_ENUM(id, name) CLAMD_##id##_TROUBLE,
enum clamd_trouble { CLAMD_TROUBLES(TROUBLE_ENUM) N_CLAMD_TROUBLES };
#undef TROUBLE_ENUM

struct clamd_link {
	/* Set by the caller. */
	const struct clamd_address *address;
	const struct clamd_limits *limits;
	const struct patience *sum; /* covers all of it */

	/* What came of it. */
	enum clamd_trouble trouble; /* of an answer that is none */
	int error;                  /* errno, or 0 */
	struct slice words;         /* as clamd_answer_read(); lives in `got` */

	int fd;
	struct patience patience;
	size_t ngot;
	char got[CLAMD_ANSWER_MAX + 1];
};

/*
 * FOUND (words: the name) or CLEAN; anything else: `trouble` says why not.
 * `by_descriptor`: the message is passed as an open file (FILDES).
 */
enum clamd_answer clamd_link_scan(
    struct clamd_link *l, struct spool *message, bool by_descriptor);

/* A command without data, "PING"; true with its answer in `words`. */
bool clamd_link_ask(struct clamd_link *l, const char *command);

/* Appends why there is no verdict: "connect: Connection refused". */
void clamd_link_explain(const struct clamd_link *l, struct text *line);

/* "connect" */
const char *clamd_trouble_name(enum clamd_trouble t);

#endif
