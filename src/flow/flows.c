/*
 * flows.c - the door of flow: which connection, and in what state is it?
 */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "connection.h"

/* --- the whole --- */

/* Flows come from slabs, so that they begin at a line of the cache. */
enum { SLAB_FLOWS = 32, LINE = 64 };

struct slab {
	struct slab *next;
	alignas(LINE) struct { alignas(LINE) struct flow flow; } at[SLAB_FLOWS];
};

void
flow_config_default(struct flow_config *c)
{
	*c = (struct flow_config){
		.overlap = OVERLAP_LINUX, .checksums = CHECKSUMS_AUTO,
		.max_flows = LIMIT_FLOWS, .max_half_open = LIMIT_HALF_OPEN, .max_reassembly = LIMIT_REASSEMBLY,
		.max_ahead_bytes = LIMIT_AHEAD_BYTES, .max_ahead_segments = LIMIT_AHEAD_SEGMENTS,
	};
}

struct flows *
flows_new(const struct flow_config *config, const struct stream_user *user)
{
	struct flows *fs = xcalloc(1, sizeof *fs);

	fs->config = *config;
	fs->user = *user;
	fs->nobody = xcalloc(1, sizeof *fs->nobody);
	table_init(&fs->table, config->seed);
	return fs;
}

static void
flow_free(struct flow *f)
{
	struct flows *fs = f->flows;

	release_drop(f);
	stream_fini(&f->stream[DIR_CLIENT]);
	stream_fini(&f->stream[DIR_SERVER]);
	free(f->early);
	free(f->icmp);
	*(f->older != NULL ? &f->older->newer : &fs->oldest) = f->newer;
	*(f->newer != NULL ? &f->newer->older : &fs->newest) = f->older;
	fs->nflows--;
	f->newer = fs->spare_flows;
	fs->spare_flows = f;
}

void
flows_free(struct flows **fsp)
{
	struct flows *fs = *fsp;

	if (fs == NULL)
		return;
	while (fs->half_oldest != NULL)
		handshake_drop(fs, fs->half_oldest);
	while (fs->oldest != NULL)
		flow_free(fs->oldest);
	for (struct slab *slab = fs->slabs, *next; slab != NULL; slab = next) {
		next = slab->next;
		free(slab);
	}
	for (struct ahead *a = fs->spare_ahead, *next; a != NULL; a = next) {
		next = a->spare;
		free(a);
	}
	table_fini(&fs->table);
	free(fs->due);
	free(fs->nobody);
	free(fs);
	*fsp = NULL;
}

/* --- one connection --- */

void
flow_init(struct flow *f, struct flows *fs, uint32_t entry, unsigned client_side, struct origin first)
{
	*f = (struct flow){ .flows = fs, .entry = entry, .client_side = (uint8_t)client_side, .first = first, .last = first,
	    .handshake_done = NSTIME_NONE };
	stream_init(&f->stream[DIR_CLIENT]);
	stream_init(&f->stream[DIR_SERVER]);
}

static void
more_flows(struct flows *fs)
{
	struct slab *slab = aligned_alloc(LINE, sizeof *slab);

	if (slab == NULL)
		die("out of memory");
	slab->next = fs->slabs;
	fs->slabs = slab;
	for (unsigned i = SLAB_FLOWS; i-- > 0; ) {
		slab->at[i].flow.newer = fs->spare_flows;
		fs->spare_flows = &slab->at[i].flow;
	}
}

struct flow *
flow_new(struct flows *fs, uint32_t entry, unsigned client_side, struct origin first, const struct segment *s)
{
	struct entry *e = table_entry(&fs->table, entry);
	struct flow *f;

	if (fs->spare_flows == NULL)
		more_flows(fs);
	f = fs->spare_flows;
	fs->spare_flows = f->newer;
	flow_init(f, fs, entry, client_side, first);
	f->nvlan = s->nvlan;
	memcpy(f->vlan, s->vlan, sizeof f->vlan);
	f->id = fs->ids++;
	f->older = fs->newest;
	*(fs->newest != NULL ? &fs->newest->newer : &fs->oldest) = f;
	fs->newest = f;
	fs->nflows++;
	fs->stats.connections++;
	e->state = ENTRY_FLOW;
	e->u.flow = f;
	return f;
}

static void
make_passive(struct flows *fs, uint32_t entry, enum entry_state state)
{
	struct entry *e = table_entry(&fs->table, entry);

	e->state = (uint8_t)state;
	e->u.flow = NULL;
	e->touched = e->ended = false;
	fs->passive++;
	if (state == ENTRY_IGNORED)
		fs->stats.ignored++;
	table_arm(&fs->table, entry, flow_tick_of(fs, fs->now + (state == ENTRY_CLOSED ? LIMIT_IDLE_CLOSED : LIMIT_IDLE_ESTABLISHED)));
}

void
flow_settle(struct flow *f)
{
	struct flows *fs = f->flows;
	uint32_t entry = f->entry;
	enum entry_state state = f->closed ? ENTRY_CLOSED : ENTRY_IGNORED;
	bool silent;

	if (!flow_over(f))
		return;
	if (f->opened && f->conn != NULL)
		fs->stats.open--;
	silent = f->silent && !f->reborn;
	flow_free(f);
	if (silent)
		table_remove(&fs->table, entry);
	else
		make_passive(fs, entry, state);
}

/* Without a handshake: the end with the mail port is the server, else the lower port is, else who speaks second. */
unsigned
flow_guess_client(const struct flows *fs, const struct key *key, unsigned speaker)
{
	bool mail[2];

	for (unsigned i = 0; i < 2; i++)
		mail[i] = fs->user.mail_port(fs->user.self, key->port[i]);
	if (mail[0] != mail[1])
		return mail[0] ? 1 : 0;
	if (key->port[0] != key->port[1])
		return key->port[0] < key->port[1] ? 1 : 0;
	return speaker;
}

/* --- a segment --- */

static void
follow(struct flow *f, unsigned side, const struct segment *s)
{
	struct flows *fs = f->flows;
	struct pending_syn syn;
	uint32_t entry = f->entry;
	bool reborn;

	if (!flow_over(f))
		connection_segment(f, flow_dir(f, side), s);
	reborn = f->reborn;
	syn = f->syn;
	flow_settle(f);
	if (reborn) {
		fs->passive--;
		handshake_again(fs, entry, side, s, &syn);
	}
}

static void
begin_midstream(struct flows *fs, const struct key *key, unsigned side, const struct segment *s)
{
	struct flow *f;
	uint32_t entry;

	evict_for_flow(fs);
	evict_for_entry(fs);
	entry = table_add(&fs->table, key);
	f = flow_new(fs, entry, flow_guess_client(fs, key, side), s->from, s);
	f->midstream = true;
	connection_arm(f);
	follow(f, side, s);
}

static void
begin(struct flows *fs, const struct key *key, unsigned side, const struct segment *s)
{
	if (s->flags & TCP_RST)
		return;
	if (s->flags & TCP_SYN) {
		evict_for_half(fs);
		evict_for_entry(fs);
		handshake_begin(fs, table_add(&fs->table, key), side, s, false);
	} else if (s->length > 0)
		begin_midstream(fs, key, side, s);
}

/*
 * Ignored, or over. A SYN behind the end begins anew; in a connection that
 * goes on unread only a SYN-ACK does, which tells both numbers.
 */
static void
pass(struct flows *fs, uint32_t entry, unsigned side, const struct segment *s)
{
	struct entry *e = table_entry(&fs->table, entry);
	uint8_t needed = e->state == ENTRY_CLOSED || e->ended ? TCP_SYN : TCP_SYN | TCP_ACK;

	e->touched = true;
	if (s->flags & (TCP_FIN | TCP_RST))
		e->ended = true;
	if ((s->flags & needed) != needed)
		return;
	evict_for_half(fs);
	fs->passive--;
	handshake_begin(fs, entry, side, s, true);
}

static void
begin_clock(struct flows *fs, nstime now)
{
	if (!fs->begun) {
		fs->begun = true;
		fs->epoch = now / FLOW_TICK * FLOW_TICK;
		fs->now = now;
	}
	if (fs->now < now)
		fs->now = now;
}

static void
dispatch(struct flows *fs, uint32_t entry, unsigned side, const struct segment *s)
{
	struct entry *e = table_entry(&fs->table, entry);
	struct flow *f;

	switch ((enum entry_state)e->state) {
	case ENTRY_FLOW:
		follow(e->u.flow, side, s);
		break;
	case ENTRY_HALF:
		if ((f = handshake_segment(fs, e->u.half, side, s)) != NULL)
			follow(f, side, s);
		break;
	case ENTRY_IGNORED:
	case ENTRY_CLOSED:
		pass(fs, entry, side, s);
		break;
	case ENTRY_FREE:
		CHECK(e->state != ENTRY_FREE);
	}
}

void
flows_segment(struct flows *fs, const struct segment *s)
{
	struct key key;
	unsigned side = key_of(&s->src, &s->dst, &key);
	uint32_t entry = table_find(&fs->table, &key);

	begin_clock(fs, s->from.time);
	fs->stats.segments++;
	if (entry == ENTRY_NONE)
		begin(fs, &key, side, s);
	else
		dispatch(fs, entry, side, s);
	if (fs->stats.held > fs->config.max_reassembly)
		evict_reassembly(fs);
}

void
flows_icmp(struct flows *fs, const struct icmp_error *e)
{
	struct key key;
	unsigned side = key_of(&e->src, &e->dst, &key);
	uint32_t index = table_find(&fs->table, &key);
	struct entry *entry;

	begin_clock(fs, e->from.time);
	if (index == ENTRY_NONE)
		return;
	entry = table_entry(&fs->table, index);
	if (entry->state == ENTRY_HALF)
		handshake_icmp(entry->u.half, side, e);
	else if (entry->state == ENTRY_FLOW)
		connection_icmp(entry->u.flow, flow_dir(entry->u.flow, side), e);
}

/* --- time --- */

/* The first tick at which the deadline has come; ticks begin at 1. */
uint32_t
flow_tick_of(const struct flows *fs, nstime deadline)
{
	int64_t tick = (deadline - fs->epoch + FLOW_TICK - 1) / FLOW_TICK + 1;

	if (deadline <= fs->epoch)
		return 1;
	return tick < UINT32_MAX / 2 ? (uint32_t)tick : UINT32_MAX / 2;
}

static void
remember_due(struct flows *fs, uint64_t id, uint32_t entry)
{
	if (fs->ndue == fs->due_cap) {
		fs->due_cap = fs->due_cap ? fs->due_cap * 2 : 64;
		fs->due = xrealloc(fs->due, fs->due_cap, sizeof *fs->due);
	}
	fs->due[fs->ndue++] = (struct due){ id, entry };
}

static void
fire(void *self, uint32_t index)
{
	struct flows *fs = self;
	struct entry *e = table_entry(&fs->table, index);

	if (e->state == ENTRY_FLOW)
		remember_due(fs, e->u.flow->id, index);
	else if (e->state == ENTRY_HALF)
		remember_due(fs, e->u.half->id, index);
	else if (e->touched && e->state == ENTRY_IGNORED) {
		e->touched = false;
		table_arm(&fs->table, index, flow_tick_of(fs, fs->now + (e->ended ? LIMIT_IDLE_CLOSED : LIMIT_IDLE_ESTABLISHED)));
	} else {
		fs->passive--;
		table_remove(&fs->table, index);
	}
}

static int
by_id(const void *a, const void *b)
{
	const struct due *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

void
flows_tick(struct flows *fs, nstime now)
{
	begin_clock(fs, now);
	fs->ndue = 0;
	table_advance(&fs->table, (uint32_t)((fs->now - fs->epoch) / FLOW_TICK) + 1, fire, fs);
	if (fs->ndue > 1)
		qsort(fs->due, fs->ndue, sizeof *fs->due, by_id);
	for (size_t i = 0; i < fs->ndue; i++) {
		struct entry *e = table_entry(&fs->table, fs->due[i].entry);

		if (e->state == ENTRY_HALF)
			handshake_expire(fs, e->u.half);
		else if (e->state == ENTRY_FLOW) {
			struct flow *f = e->u.flow;

			connection_expire(f, fs->now);
			flow_settle(f);
		}
	}
}

static void
finish_flow(struct flow *f)
{
	if (ending_rst_holds(f))
		ending_close(f, WHY_RST, f->rst.dir, f->rst.from);
	else
		ending_close(f, WHY_END_OF_CAPTURE, DIR_CLIENT, f->last);
	flow_settle(f);
}

void
flows_finish(struct flows *fs)
{
	while (fs->oldest != NULL || fs->half_oldest != NULL)
		if (fs->oldest == NULL || (fs->half_oldest != NULL && fs->half_oldest->id < fs->oldest->id))
			handshake_finish(fs, fs->half_oldest);
		else
			finish_flow(fs->oldest);
}

void
flows_begin_again(struct flows *fs)
{
	flows_finish(fs);
	table_fini(&fs->table);
	table_init(&fs->table, fs->config.seed);
	fs->passive = fs->sweep = 0;
	fs->ndue = 0;
	fs->begun = false;
}

void
flows_stats(const struct flows *fs, struct flow_stats *stats)
{
	*stats = fs->stats;
	stats->memory = table_memory(&fs->table) + fs->stats.held + fs->nflows * sizeof(struct flow) +
	    fs->stats.half_open * sizeof(struct half) + fs->syn_data;
}

void
flows_tell_again(struct flows *fs)
{
	fs->told_limit = fs->told_memory = fs->told_state = false;
}

/* --- what the user asks --- */

void
flow_endpoints(const struct flow *f, struct endpoint *client, struct endpoint *server)
{
	const struct key *key = &table_entry(&f->flows->table, f->entry)->key;

	key_endpoint(key, f->client_side, client);
	key_endpoint(key, 1u - f->client_side, server);
}

void
flow_facts(const struct flow *f, struct tcp_facts *facts)
{
	*facts = (struct tcp_facts){
		.first = f->first.time, .last = f->last.time, .midstream = f->midstream, .one_sided = flow_is_one_sided(f),
		.handshake = f->handshake_done == NSTIME_NONE ? NSTIME_NONE : f->handshake_done - f->first.time,
		.retransmitted = f->retransmitted, .out_of_order = f->out_of_order, .overlap_conflicts = f->conflicts,
		.vlan = { f->vlan[0], f->vlan[1] }, .nvlan = f->nvlan, .overlap = f->flows->config.overlap,
	};
	for (int d = 0; d < 2; d++) {
		facts->packets[d] = f->stream[d].packets;
		facts->bytes[d] = f->stream[d].bytes;
		facts->missing[d] = f->stream[d].missing;
	}
}

nstime
flow_handshake_done(const struct flow *f)
{
	return f->handshake_done;
}

void
flow_ignore(struct flow *f)
{
	f->ignored = true;
}
