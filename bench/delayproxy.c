/*
 * delayproxy - a TCP proxy that stands for distance.
 *
 *     delayproxy HOST PORT DELAY_MS      (to and from 127.0.0.1; DELAY_MS one way)
 *
 * What arrives is stamped and leaves when its delay is over, while more arrives behind it: it delays, it does not
 * serialise, and bandwidth has no limit.  A new connection costs a round trip as well, which on loopback it would not: the
 * client's first bytes are held back that much longer.  Loss, jitter and slow start are not modelled.
 *
 * It prints "listening PORT" when ready and, on SIGTERM, a line of JSON: connections, bytes and round trips.  A round trip
 * is counted when a client sends while it has the answer to everything it sent before: an exchange that is
 * pipelined counts once, however long it is.  (A driver that waits after a Flush without a Sync would go uncounted.)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNS = 256, IN_FLIGHT_MAX = 64 << 20 };

struct chunk {
	struct chunk *next;
	int64_t due;
	size_t len, sent; /* len 0: the end of the stream */
	unsigned char data[];
};

/* Cuts a stream of bytes into protocol messages. */
struct scanner {
	unsigned char head[9];
	uint32_t have, skip;
};

/* One direction of a connection. */
struct lane {
	int from, to;
	struct chunk *first, *last;
	size_t in_flight;
	struct scanner scanner;
	bool blocked, read_end, sent_end;
};

enum { UP, DOWN }; /* from the client to the server, and back */

struct conn {
	struct lane lane[2];
	int64_t opened;
	bool started;        /* the startup packet has gone by */
	bool wants_byte;     /* SSLRequest and GSSENCRequest are answered by a bare byte */
	bool answered;       /* the client has every answer to what it sent */
	unsigned unanswered; /* Query, Sync, FunctionCall without their ReadyForQuery */
};

static struct conn *conns[MAX_CONNS];
static struct sockaddr_in server;
static int64_t delay;
static unsigned long n_conns, round_trips, bytes[2];
static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "delayproxy: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* --- counting -------------------------------------------------------------------------------------------------------- */

static uint32_t word(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Feeds the scanner up to a whole head of `want` bytes.  Returns false when the bytes are used up before. */
static bool scan_head(struct scanner *s, uint32_t want, const unsigned char **p, const unsigned char *end)
{
	uint32_t skip = s->skip < (size_t)(end - *p) ? s->skip : (uint32_t)(end - *p);

	s->skip -= skip;
	*p += skip;
	while (*p < end && s->have < want)
		s->head[s->have++] = *(*p)++;
	return s->have == want;
}

static void scan_startup(struct conn *c, struct scanner *s)
{
	enum { SSL_REQUEST = 80877103, GSSENC_REQUEST = 80877104 };
	uint32_t code = word(s->head + 4);

	s->skip = word(s->head) - 8;
	if (code == SSL_REQUEST || code == GSSENC_REQUEST)
		c->wants_byte = true;
	else
		c->started = true;
}

static void scan_up(struct conn *c, const unsigned char *p, size_t len)
{
	struct scanner *s = &c->lane[UP].scanner;
	const unsigned char *end = p + len;

	/* Terminate is sent and not waited for */
	if (c->answered && !(c->started && s->have == 0 && s->skip == 0 && *p == 'X')) {
		round_trips++;
		c->answered = false;
	}
	while (scan_head(s, c->started ? 5 : 8, &p, end)) {
		s->have = 0;
		if (!c->started) {
			scan_startup(c, s);
			continue;
		}
		s->skip = word(s->head + 1) - 4;
		if (strchr("QSF", s->head[0]))
			c->unanswered++;
	}
}

/* Does this message leave the client to speak?  Authentication requests do, but for Ok and the end of SASL. */
static bool gives_turn(struct conn *c, const unsigned char *head)
{
	if (head[0] == 'Z' && c->unanswered > 0)
		return --c->unanswered == 0;
	if (head[0] == 'R')
		return word(head + 5) != 0 && word(head + 5) != 12;
	return head[0] == 'Z' || head[0] == 'G';
}

static void scan_down(struct conn *c, const unsigned char *p, size_t len)
{
	struct scanner *s = &c->lane[DOWN].scanner;
	const unsigned char *end = p + len;

	if (c->wants_byte) {
		c->wants_byte = false;
		c->answered = true;
		p++;
	}
	for (;;) {
		uint32_t want = s->have > 0 && s->head[0] == 'R' ? 9 : 5;

		if (!scan_head(s, want, &p, end))
			return;
		if (s->head[0] == 'R' && want == 5)
			continue; /* its first word says what it is */
		s->have = 0;
		s->skip = word(s->head + 1) - (want - 1);
		if (gives_turn(c, s->head))
			c->answered = true;
	}
}

/* --- moving ---------------------------------------------------------------------------------------------------------- */

static void queue(struct conn *c, int way, const unsigned char *data, size_t len)
{
	struct lane *lane = &c->lane[way];
	struct chunk *chunk = malloc(sizeof *chunk + len);
	int64_t at = now();

	if (!chunk)
		die("memory");
	if (way == UP && at < c->opened + 2 * delay)
		at = c->opened + 2 * delay;
	*chunk = (struct chunk){ .due = at + delay, .len = len };
	memcpy(chunk->data, data, len);
	if (lane->first)
		lane->last->next = chunk;
	else
		lane->first = chunk;
	lane->last = chunk;
	lane->in_flight += len;
	bytes[way] += len;
}

static void take(struct conn *c, int way)
{
	static unsigned char data[256 << 10];
	struct lane *lane = &c->lane[way];
	ssize_t len = read(lane->from, data, sizeof data);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0)
		lane->read_end = true;
	else if (way == UP)
		scan_up(c, data, (size_t)len);
	queue(c, way, data, len > 0 ? (size_t)len : 0);
}

static void pop(struct lane *lane)
{
	struct chunk *chunk = lane->first;

	lane->first = chunk->next;
	lane->in_flight -= chunk->len;
	free(chunk);
}

/* Sends on what is due.  The answers are counted here, when they reach the client, not when they left the server. */
static void deliver(struct conn *c, int way, int64_t at)
{
	struct lane *lane = &c->lane[way];

	while (lane->first && lane->first->due <= at && !lane->blocked) {
		struct chunk *chunk = lane->first;

		if (chunk->len == 0) {
			shutdown(lane->to, SHUT_WR);
			lane->sent_end = true;
			pop(lane);
			continue;
		}
		ssize_t n = send(lane->to, chunk->data + chunk->sent, chunk->len - chunk->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN) {
			lane->blocked = true;
			return;
		}
		if (n < 0) { /* nobody is there any more: drop it */
			pop(lane);
			continue;
		}
		if (way == DOWN)
			scan_down(c, chunk->data + chunk->sent, (size_t)n);
		chunk->sent += (size_t)n;
		if (chunk->sent == chunk->len)
			pop(lane);
	}
}

/* --- connections ----------------------------------------------------------------------------------------------------- */

static void set_up_socket(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

static void accept_one(int listener)
{
	int client = accept(listener, NULL, NULL), upstream = socket(AF_INET, SOCK_STREAM, 0), i = 0;
	struct conn *c = calloc(1, sizeof *c);

	while (i < MAX_CONNS && conns[i])
		i++;
	if (client < 0 || upstream < 0 || !c || i == MAX_CONNS)
		die("accept");
	if (connect(upstream, (struct sockaddr *)&server, sizeof server)) {
		close(client);
		close(upstream);
		free(c);
		return;
	}
	set_up_socket(client);
	set_up_socket(upstream);
	*c = (struct conn){ .opened = now(), .answered = true };
	c->lane[UP] = (struct lane){ .from = client, .to = upstream };
	c->lane[DOWN] = (struct lane){ .from = upstream, .to = client };
	conns[i] = c;
	n_conns++;
}

static void reap(int i)
{
	struct conn *c = conns[i];

	if (!c->lane[UP].sent_end || !c->lane[DOWN].sent_end)
		return;
	close(c->lane[UP].from);
	close(c->lane[UP].to);
	free(c);
	conns[i] = NULL;
}

/* --- the loop -------------------------------------------------------------------------------------------------------- */

struct watch {
	struct pollfd fds[1 + 2 * MAX_CONNS];
	int conn[1 + 2 * MAX_CONNS];
	nfds_t n;
	int64_t next; /* when the next chunk is due; -1: none is waiting */
};

static void watch_lane(struct watch *w, int i, int way)
{
	struct lane *in = &conns[i]->lane[way], *out = &conns[i]->lane[!way];
	int events = (in->read_end || in->in_flight > IN_FLIGHT_MAX ? 0 : POLLIN) | (out->blocked ? POLLOUT : 0);

	if (events) { /* an ended socket would report its end again and again */
		w->conn[w->n] = i;
		w->fds[w->n++] = (struct pollfd){ in->from, (short)events, 0 };
	}
	if (in->first && !in->blocked && (w->next < 0 || in->first->due < w->next))
		w->next = in->first->due;
}

static void handle(struct watch *w, nfds_t k)
{
	struct conn *c = conns[w->conn[k]];
	int way = w->fds[k].fd == c->lane[UP].from ? UP : DOWN;
	int events = w->fds[k].revents;

	if (events & (POLLOUT | POLLERR | POLLHUP))
		c->lane[!way].blocked = false;
	if ((events & (POLLIN | POLLERR | POLLHUP)) && !c->lane[way].read_end)
		take(c, way);
}

static void turn(int listener, const sigset_t *waiting)
{
	static struct watch w;

	w.n = 1;
	w.next = -1;
	w.fds[0] = (struct pollfd){ listener, POLLIN, 0 };
	for (int i = 0; i < MAX_CONNS; i++)
		for (int way = UP; conns[i] && way <= DOWN; way++)
			watch_lane(&w, i, way);

	int64_t left = w.next - now();
	struct timespec wait = { left > 0 ? left / 1000000000 : 0, left > 0 ? left % 1000000000 : 0 };

	if (ppoll(w.fds, w.n, w.next < 0 ? NULL : &wait, waiting) > 0) {
		for (nfds_t k = 1; k < w.n; k++)
			if (w.fds[k].revents)
				handle(&w, k);
		if (w.fds[0].revents)
			accept_one(listener);
	}
	for (int i = 0; i < MAX_CONNS; i++) {
		for (int way = UP; conns[i] && way <= DOWN; way++)
			deliver(conns[i], way, now());
		if (conns[i])
			reap(i);
	}
}

/* Signals come in only while ppoll waits, so that none is missed between the test and the wait. */
static sigset_t hold_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t held, before;

	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGINT);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigprocmask(SIG_BLOCK, &held, &before);
	return before;
}

int main(int argc, char **argv)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof here;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	server.sin_family = AF_INET;
	if (argc != 4 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1) {
		fprintf(stderr, "usage: delayproxy HOST PORT DELAY_MS\n");
		return 2;
	}
	server.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
	delay = (int64_t)(strtod(argv[3], NULL) * 1e6);
	sigset_t waiting = hold_signals();

	if (bind(listener, (struct sockaddr *)&here, len) || listen(listener, 128) ||
	    getsockname(listener, (struct sockaddr *)&here, &len))
		die("listen");
	printf("listening %d\n", ntohs(here.sin_port));
	fflush(stdout);
	while (!stopped)
		turn(listener, &waiting);
	printf("{\"connections\": %lu, \"round_trips\": %lu, \"bytes_up\": %lu, \"bytes_down\": %lu}\n", n_conns,
	       round_trips, bytes[UP], bytes[DOWN]);
	return 0;
}
