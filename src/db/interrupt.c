/*
 * interrupt.c - Ctrl-C while we wait for the server.
 *
 * A request to cancel travels on a connection of its own, and PQcancel() waits for its end: over a network that has gone it would wait for
 * minutes, so it has a thread.  It can come too early or too late (between two statements nothing is there to cancel): while we wait it is
 * sent again and again.  It must not hit what is sent next, so it is waited for when everything is answered.
 */
#include <signal.h>
#include <time.h>

#include "base/clock.h"
#include "db/internal.h"

/* Seconds: how long a server may take to obey, and after which the request is repeated. */
static const double patience = 5, repeat_after = 1;

static void *send_request(void *request)
{
	char ignored[256];
	PQcancel(request, ignored, sizeof(ignored));
	PQfreeCancel(request);
	__atomic_sub_fetch(&db_cancels, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void start_request(struct db *db)
{
	PGcancel *request = PQgetCancel(db->conn);
	if (!request)
		return;
	/* Signals are for the thread that waits in poll(). */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	__atomic_add_fetch(&db_cancels, 1, __ATOMIC_SEQ_CST);
	db->cancelling = pthread_create(&db->cancel_thread, NULL, send_request, request) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (db->cancelling)
		return;
	__atomic_sub_fetch(&db_cancels, 1, __ATOMIC_SEQ_CST);
	PQfreeCancel(request);
}

/* Has the request under way ended within so many seconds? */
static bool request_ended(struct db *db, double seconds)
{
	if (!db->cancelling)
		return true;
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	double whole = (double)until.tv_sec + (double)until.tv_nsec / 1e9 + seconds;
	until.tv_sec = (time_t)whole;
	until.tv_nsec = (long)((whole - (double)until.tv_sec) * 1e9);
	db->cancelling = pthread_timedjoin_np(db->cancel_thread, NULL, &until) != 0;
	return !db->cancelling;
}

static void abandon_request(struct db *db)
{
	if (db->cancelling)
		pthread_detach(db->cancel_thread);
	db->cancelling = false;
}

static bool give_up(struct db *db, struct err *err)
{
	abandon_request(db);
	db->head = db->queue.len = 0;
	db_close(db);
	err_set(err, ERR_CANCELLED, "cancelled", "interrupted, and the server does not answer");
	err->connection_lost = true;
	return false;
}

bool obey_interrupt(struct db *db, struct err *err)
{
	double now = clock_now();
	if (!db->interrupted_at)
		db->interrupted_at = db->cancel_next = now;
	if (now > db->interrupted_at + patience)
		return give_up(db, err);
	if (db->shielded || now < db->cancel_next || !request_ended(db, 0))
		return true;
	start_request(db);
	db->cancel_next = now + repeat_after;
	return true;
}

void settle_interrupt(struct db *db)
{
	if (!request_ended(db, repeat_after))
		abandon_request(db);
	db->interrupted_at = 0;
}

void db_shield(struct db *db, bool on)
{
	db->shielded = on;
}
