/*
 * listen.c - does nothing with the packets of interfaces but look at them.
 *
 *	listen [-a] [-p PORT]... INTERFACE...
 *
 * Until SIGINT. What a live source says of time on a quiet wire, that nothing
 * older will come, is held against what comes; how far packets are out of the
 * order of time is measured. Prints that, how many came, and what was dropped;
 * exit 1 if the word was broken. -a: every port.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/live/live.h"
#include "decode/decode.h"

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

struct seen {
	uint64_t packets, bytes, quiet, early;
	nstime promised, last, behind;	/* behind: how much earlier a packet was than one before; several CPUs have no order */
};

static void
look_at(struct seen *s, const struct frame *f)
{
	s->packets++;
	s->bytes += f->bytes.n;
	s->early += f->time < s->promised;
	s->behind = s->last - f->time > s->behind ? s->last - f->time : s->behind;
	s->last = f->time > s->last ? f->time : s->last;
	if (f->number != s->packets || f->mark == 0)
		die("packet %" PRIu64 " has number %" PRIu64 ", mark %" PRIu64, s->packets, f->number, f->mark);
}

static int
listen_to(struct source *source)
{
	char text[NSTIME_TEXT];
	struct seen seen = { .promised = NSTIME_NONE, .last = 0 };
	struct source_stats stats = { 0 };
	struct frame frame;
	enum source_result r = SOURCE_NONE;

	while (!stop && r != SOURCE_FAILED) {
		r = source->next(source->self, &frame);
		if (r == SOURCE_FRAME)
			look_at(&seen, &frame);
		else if (r == SOURCE_NONE) {
			seen.quiet++;
			if (frame.time > seen.promised)
				seen.promised = frame.time;
		}
	}
	source->stats(source->self, &stats);
	printf("%" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64 " received, %" PRIu64 " dropped; quiet %" PRIu64 " times, early %" PRIu64
	    ", behind %s ms\n", seen.packets, seen.bytes, stats.received, stats.dropped, seen.quiet, seen.early,
	    nstime_seconds(seen.behind * 1000, 3, text));
	return r == SOURCE_FAILED || seen.early > 0;
}

int
main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_signal };
	uint16_t port[8] = { 25, 2525 };
	struct live_options o = { .port = port, .nport = 2, .promiscuous = true, .linktype_known = decode_linktype_known };
	struct source source;
	int status, c;

	while ((c = getopt(argc, argv, "ap:")) != -1)
		if (c == 'a')
			o.any_port = true;
		else
			port[0] = (uint16_t)atoi(optarg);
	o.interface = (const char *const *)argv + optind;
	o.ninterface = (size_t)(argc - optind);
	sigaction(SIGINT, &action, NULL);
	if (live_open(&o, &source, &status) != 0)
		return status;
	live_announce(&source);
	status = listen_to(&source);
	source.close(source.self);
	return status;
}
