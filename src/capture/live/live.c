/*
 * live.c - interfaces as one stream of packets.
 *
 * Packets wait in a queue for each interface until the oldest of all is known.
 * An interface that has nothing may still bring an older one: its packets stand
 * in a block of the kernel that is not handed over yet. So with several
 * interfaces a packet waits LIMIT_LIVE_LATE for those of the others, unless a
 * queue is full; with one, not at all.
 */
#include "live.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/machine.h"
#include "base/words.h"
#include "interface.h"

struct live {
	struct interface *interface;
	size_t n;
	struct ring *ring;
	struct pollfd *poll;
	nstime now;			/* when was last looked for packets */
	bool failed;
	struct source_stats stats;
	struct buf words;		/* of live_announce() */
};

/* The one that there is: the process that kept its rights is asked by number only. */
static struct live *opened;
static int (*rebind_caller)(size_t);

/* The next packet. */

static bool
is_before(const struct interface *a, const struct interface *b)
{
	return b == NULL || interface_next(a)->frame.time < interface_next(b)->frame.time;
}

/* Nothing older can come; one from the future is of a clock that was set back, and waits for nobody. */
static bool
is_ripe(const struct live *l, const struct interface *i, nstime sure)
{
	nstime time = interface_next(i)->frame.time;

	return time + LIMIT_LIVE_LATE <= sure || time > l->now + LIMIT_LIVE_LATE;
}

/* Whose packet is the oldest; NULL: none is there, or another interface may still bring an older one. */
static struct interface *
oldest(struct live *l)
{
	struct interface *best = NULL;
	nstime sure = INT64_MAX;
	bool full = false;

	for (struct interface *i = l->interface; i < l->interface + l->n; i++) {
		if (i->n > 0 && is_before(i, best))
			best = i;
		if (i->n == 0 && i->empty < sure)
			sure = i->empty;
		full |= interface_is_full(i);
	}
	return best == NULL || l->n == 1 || full || is_ripe(l, best, sure) ? best : NULL;
}

static enum source_result
give(struct live *l, struct interface *i, struct frame *frame_r)
{
	struct waiting *w = interface_next(i);

	ring_release(l->ring, &w->done);
	*frame_r = w->frame;
	frame_r->number = ++l->stats.packets;
	l->stats.bytes += w->frame.bytes.n;
	i->bytes -= w->frame.bytes.n;
	i->head = (i->head + 1) % i->cap;
	i->n--;
	return SOURCE_FRAME;
}

static void
count_drops(struct live *l, nstime now)
{
	struct source_stats *s = &l->stats;

	s->counted = now;
	s->received = s->drops.kernel = s->drops.interface = 0;
	for (struct interface *i = l->interface; i < l->interface + l->n; i++) {
		drops_count(i, now);
		s->received += i->received;
		s->drops.kernel += i->dropped_kernel;
		s->drops.interface += i->dropped_interface;
	}
	s->dropped = s->drops.kernel + s->drops.interface + s->drops.ours;
}

/*
 * Packets are fetched from interfaces that have some. libpcap is not asked of
 * the others: it would look for errors, and then for the device, as a process
 * without rights cannot.
 */
static void
fetch(struct live *l, size_t n, nstime now)
{
	struct interface *i = &l->interface[n];
	short what = l->poll[n].revents;

	if (what & POLLIN)
		interface_collect(i, now);
	else if (!interface_is_full(i))
		i->empty = now;
	if (what & ~POLLIN)
		interface_take_error(i);
	presence_check(i, n, now);
	l->failed |= interface_fails(i);
}

/* True: some have packets, or something to tell. */
static bool
poll_all(struct live *l, nstime most)
{
	for (size_t n = 0; n < l->n; n++) {
		const struct interface *i = &l->interface[n];

		l->poll[n] = (struct pollfd){ .fd = interface_is_full(i) ? -1 : i->fd, .events = POLLIN };
	}
	return poll(l->poll, l->n, (int)((most + NSTIME_MS - 1) / NSTIME_MS)) > 0;
}

static void
collect(struct live *l, nstime now)
{
	if (!poll_all(l, 0))
		for (size_t n = 0; n < l->n; n++)
			l->poll[n].revents = 0;
	for (size_t n = 0; n < l->n; n++)
		fetch(l, n, now);
	if (now < l->stats.counted || now - l->stats.counted >= LIMIT_LIVE_COUNT)	/* a clock that was set back counts at once */
		count_drops(l, now);
}

/* Until packets come, or what waits for those of other interfaces has waited long enough. */
static void
wait_for_packets(struct live *l, nstime now)
{
	nstime most = LIMIT_LIVE_SILENCE;

	for (size_t n = 0; n < l->n; n++) {
		const struct interface *i = &l->interface[n];
		nstime due = i->n > 0 ? interface_next(i)->frame.time + LIMIT_LIVE_LATE - now : most;

		most = due < 0 ? 0 : due < most ? due : most;
	}
	(void)poll_all(l, most);
}

static nstime
earliest(struct live *l, nstime now)
{
	nstime time = now - LIMIT_LIVE_LATE;

	for (struct interface *i = l->interface; i < l->interface + l->n; i++)
		if (i->n > 0 && interface_next(i)->frame.time < time)
			time = interface_next(i)->frame.time;
	return time;
}

static enum source_result
next(void *self, struct frame *frame_r)
{
	struct live *l = self;
	struct interface *i;
	nstime now;

	for (bool waited = false; ; waited = true) {
		if ((i = oldest(l)) != NULL)
			return give(l, i, frame_r);
		l->now = now = machine_time();
		collect(l, now);
		if ((i = oldest(l)) != NULL)
			return give(l, i, frame_r);
		if (l->failed)
			return SOURCE_FAILED;
		if (waited)
			break;
		wait_for_packets(l, now);
	}
	frame_r->time = earliest(l, now);
	return SOURCE_NONE;
}

/* The source. */

static bool
live_recall(void *self, uint64_t mark)
{
	return ring_recall(((struct live *)self)->ring, mark);
}

static void
live_stats(void *self, struct source_stats *stats)
{
	struct live *l = self;

	count_drops(l, machine_time());
	*stats = l->stats;
}

static slice
live_secrets(void *self)
{
	(void)self;
	return SLICE_NONE;
}

static void
live_close(void *self)
{
	struct live *l = self;

	if (opened == l)
		opened = NULL;
	for (size_t n = 0; n < l->n; n++)
		interface_close(&l->interface[n]);
	ring_free(&l->ring);
	buf_fini(&l->words);
	free(l->interface);
	free(l->poll);
	free(l);
}

const char *
live_input_name(const struct source *source, uint32_t input)
{
	const struct live *l = source->self;

	return input < l->n ? l->interface[input].name : "?";
}

int
live_rebind(size_t n)
{
	if (rebind_caller != NULL)
		return rebind_caller(n);
	if (opened != NULL && n < opened->n)
		return presence_bind(&opened->interface[n]);
	errno = EINVAL;
	return -1;
}

void
live_rebind_through(int (*caller)(size_t))
{
	rebind_caller = caller;
}

/* Opening. */

/* What the filter lets through, for people to read: "ports 25,587, also in VLAN, …". */
static void
filter_words(const struct live_options *o, struct buf *out)
{
	if (o->filter != NULL) {
		buf_printf(out, "filter \"%s\"", o->filter);
		return;
	}
	buf_text(out, o->any_port ? "every TCP port" : o->nport == 1 ? "port " : "ports ");
	for (size_t i = 0; i < o->nport && !o->any_port; i++)
		buf_printf(out, "%s%u", i > 0 ? "," : "", o->port[i]);
	buf_text(out, ", also in VLAN, MPLS, PPPoE, tunnels and fragments");
	buf_text(out, o->any_port ? "" : "; others with --ports or -f");
}

/* "listening on eth0 (Ethernet): ports 25,587, …"; what -s cuts off is said, too, in tcpdump's words. */
static void
describe(struct live *l, const struct live_options *o)
{
	char number[WORDS_NUMBER];

	buf_text(&l->words, "listening on ");
	for (size_t n = 0; n < l->n; n++)
		buf_printf(&l->words, "%s%s (%s)", n > 0 ? ", " : "", l->interface[n].name,
		    pcap_datalink_val_to_description_or_dlt(pcap_datalink(l->interface[n].pcap)));
	if (o->snaplen > 0)
		buf_printf(&l->words, ", snapshot length %s bytes", words_number((uint64_t)pcap_snapshot(l->interface[0].pcap), number));
	buf_text(&l->words, ": ");
	filter_words(o, &l->words);
}

void
live_announce(const struct source *source)
{
	const struct live *l = source->self;

	warn("%.*s", (int)l->words.n, (const char *)l->words.p);
}

/* A number is one of the list, unless an interface is called so. */
static const char *
resolve(const char *name, char listed[INTERFACE_NAME])
{
	uint64_t number;

	if (slice_number(slice_of(name), &number) && list_name(number, listed))
		return listed;
	return name;
}

/* "any" has the packets of all others once more. */
static bool
check_twice(const struct live *l, const char *name)
{
	bool any = l->n > 0 && (l->interface[0].any || strcmp(name, "any") == 0);

	for (size_t n = 0; n < l->n; n++)
		if (strcmp(l->interface[n].name, name) == 0) {
			warn("-i %s: it is there twice", name);
			return false;
		}
	if (any)
		warn("-i any: it is all interfaces: name no other beside it");
	return !any;
}

static bool
open_one(struct live *l, const struct live_options *o, const char *name, int *exit_r)
{
	struct interface *i = &l->interface[l->n];
	char listed[INTERFACE_NAME];

	name = resolve(name, listed);
	*exit_r = 2;
	if (!check_twice(l, name))
		return false;
	i->input = (uint32_t)l->n++;
	i->ring = l->ring;
	if (!interface_open(i, o, name, exit_r))
		return false;
	source_stats_linktype(&l->stats, i->linktype);
	if (i->nanoseconds)
		l->stats.digits = 9;
	source_stats_linktype(&l->stats, i->linktype);
	return true;
}

int
live_open(const struct live_options *o, struct source *source_r, int *exit_r)
{
	struct live *l = xcalloc(1, sizeof *l);
	bool good = true;

	l->ring = ring_new(LIMIT_RECALL);
	buf_init(&l->words, LIMIT_BPF_TEXT);
	l->interface = xcalloc(o->ninterface, sizeof *l->interface);
	l->poll = xcalloc(o->ninterface, sizeof *l->poll);
	l->stats.digits = 6;
	for (size_t n = 0; good && n < o->ninterface; n++)
		good = open_one(l, o, o->interface[n], exit_r);
	if (!good) {
		live_close(l);
		return -1;
	}
	*exit_r = 0;
	opened = l;
	describe(l, o);
	*source_r = (struct source){
		.name = "live", .next = next, .recall = live_recall, .stats = live_stats,
		.secrets = live_secrets, .close = live_close, .self = l
	};
	return 0;
}
