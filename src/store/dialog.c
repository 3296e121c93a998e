/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/dialog.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/socket_name.h"
#include "store/stream.h"

struct dialog {
	struct sockaddr_un path;
	char *host; /* NULL: path */
	char port[8];
	pthread_mutex_t lock;
	int kept[DIALOG_KEPT];
	size_t nkept;
};

/* One question under way. */
struct exchange {
	int fd;
	struct patience patience;
	struct slice request;
	enum quota_answer (*judge)(struct slice, size_t *);
	char got[QUOTA_ANSWER_MAX];
	size_t ngot;
	bool closed; /* by the server, before it said anything */
};

/* A host may be a name that has other addresses tomorrow: dial() asks. */
static bool
take_where(struct dialog *d, const struct socket_name *name)
{
	if (name->family == AF_UNIX) {
		d->path.sun_family = AF_UNIX;
		memcpy(d->path.sun_path, name->path.ptr, name->path.len);
		return name->path.ptr[0] == '/';
	}
	if (name->family != AF_INET || name->host.len == 0)
		return false;
	(void)snprintf(d->port, sizeof d->port, "%u", name->port);
	d->host = strndup(name->host.ptr, name->host.len);
	return d->host != NULL;
}

struct dialog *
dialog_new(const char *where, struct text *why)
{
	struct dialog *d = calloc(1, sizeof *d);
	struct socket_name name;
	struct text unused = TEXT_INIT(0);

	if (d == NULL) {
		text_printf(why, "out of memory");
		return NULL;
	}
	(void)pthread_mutex_init(&d->lock, NULL);
	if (where[0] != '/' && socket_name_parse(slice_of(where), &name, &unused) &&
	    take_where(d, &name))
		return d;
	text_printf(why, "'%s' is neither unix:/path nor inet:port@host", where);
	dialog_free(d);
	return NULL;
}

void
dialog_free(struct dialog *d)
{
	if (d == NULL)
		return;
	while (d->nkept > 0)
		(void)close(d->kept[--d->nkept]);
	(void)pthread_mutex_destroy(&d->lock);
	free(d->host);
	free(d);
}

static int
pop_kept(struct dialog *d)
{
	(void)pthread_mutex_lock(&d->lock);
	int fd = d->nkept > 0 ? d->kept[--d->nkept] : -1;
	(void)pthread_mutex_unlock(&d->lock);
	return fd;
}

/* One that is quiet: what is readable now was closed, or answers no question. */
static int
take_kept(struct dialog *d)
{
	int fd;

	while ((fd = pop_kept(d)) != -1) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		if (poll(&p, 1, 0) == 0)
			return fd;
		(void)close(fd);
	}
	return -1;
}

static void
keep(struct dialog *d, int fd)
{
	(void)pthread_mutex_lock(&d->lock);
	bool room = d->nkept < DIALOG_KEPT;
	if (room)
		d->kept[d->nkept++] = fd;
	(void)pthread_mutex_unlock(&d->lock);
	if (!room)
		(void)close(fd);
}

static int
dial(struct dialog *d, struct patience *p)
{
	struct addrinfo hint = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	int fd = -1;

	if (d->host == NULL)
		return stream_connect(
		    AF_UNIX, (const struct sockaddr *)&d->path, sizeof d->path, p);
	if (getaddrinfo(d->host, d->port, &hint, &list) != 0) {
		errno = EHOSTUNREACH;
		return -1;
	}
	for (const struct addrinfo *a = list; a != NULL && fd == -1; a = a->ai_next)
		fd = stream_connect(a->ai_family, a->ai_addr, a->ai_addrlen, p);
	int error = errno;
	freeaddrinfo(list);
	errno = error;
	return fd;
}

static bool
send_request(struct exchange *x)
{
	struct slice rest = x->request;

	while (rest.len > 0) {
		ssize_t n = send(x->fd, rest.ptr, rest.len, MSG_NOSIGNAL);
		if (n >= 0)
			rest = slice_from(rest, (size_t)n);
		else if (errno != EINTR && (errno != EAGAIN || stream_wait(x->fd, POLLOUT,
								   &x->patience) == 0))
			return false;
	}
	return true;
}

static enum quota_answer
read_answer(struct exchange *x)
{
	enum quota_answer a = ANSWER_INCOMPLETE;
	size_t used = 0;

	while (a == ANSWER_INCOMPLETE) {
		if (stream_wait(x->fd, POLLIN, &x->patience) == 0)
			return ANSWER_INCOMPLETE;
		ssize_t n = recv(x->fd, x->got + x->ngot, sizeof x->got - x->ngot, 0);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0) {
			x->closed = x->ngot == 0;
			errno = n == 0 ? ECONNRESET : errno;
			return ANSWER_INCOMPLETE;
		}
		x->ngot += (size_t)n;
		a = x->judge((struct slice){ x->got, x->ngot }, &used);
		if (a == ANSWER_INCOMPLETE && x->ngot == sizeof x->got)
			a = ANSWER_NONSENSE;
	}
	/* Bytes behind the answer belong to no question of ours. */
	return a != ANSWER_NONSENSE && used != x->ngot ? ANSWER_NONSENSE : a;
}

static enum quota_answer
exchange(struct exchange *x)
{
	x->ngot = 0;
	x->closed = false;
	if (send_request(x))
		return read_answer(x);
	x->closed = true;
	return ANSWER_INCOMPLETE;
}

static void
explain(const struct exchange *x, enum quota_answer a, int error, struct text *why)
{
	switch (a) {
	case ANSWER_INCOMPLETE: text_printf(why, "%s", strerror(error)); return;
	case ANSWER_TROUBLE: text_printf(why, "answered '"); break;
	case ANSWER_NONSENSE: text_printf(why, "answered nonsense: '"); break;
	case ANSWER_FITS:
	case ANSWER_FULL: return;
	}
	text_append_escaped(why, (struct slice){ x->got, x->ngot }, 80);
	text_printf(why, "'");
}

enum quota_answer
dialog_ask(struct dialog *d, struct slice request,
    enum quota_answer (*judge)(struct slice, size_t *), unsigned limit_ms,
    struct text *why)
{
	struct exchange x = { .fd = take_kept(d),
		.patience = patience_begin(limit_ms, NULL),
		.request = request,
		.judge = judge };
	enum quota_answer a = ANSWER_INCOMPLETE;
	bool retry = x.fd != -1;

	for (;;) {
		if (x.fd == -1)
			x.fd = dial(d, &x.patience);
		if (x.fd != -1)
			a = exchange(&x);
		if (a != ANSWER_INCOMPLETE || !x.closed || !retry)
			break;
		(void)close(x.fd);
		x.fd = -1;
		retry = false;
	}
	int error = errno;
	if (a == ANSWER_FITS || a == ANSWER_FULL || a == ANSWER_TROUBLE)
		keep(d, x.fd);
	else if (x.fd != -1)
		(void)close(x.fd);
	explain(&x, a, error, why);
	return a;
}
