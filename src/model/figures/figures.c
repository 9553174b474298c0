#include "figures.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "toplist.h"

struct figures_keeper {
	struct figures now;		/* all but stats, lists and memory */
	struct toplist *list[TOP_FINDINGS];
	struct buf words;
};

const char *
figures_list_name(enum figures_list list)
{
	static const char *const names[FIGURES_LISTS] = {
		[TOP_CLIENTS] = "clients", [TOP_SERVERS] = "servers", [TOP_SENDERS] = "senders",
		[TOP_RECIPIENTS] = "recipients", [TOP_REFUSALS] = "refusals", [TOP_FINDINGS] = "findings",
	};

	CHECK(list < FIGURES_LISTS);
	return names[list];
}

struct figures_keeper *
figures_keeper_new(void)
{
	struct figures_keeper *k = xcalloc(1, sizeof *k);

	for (enum figures_list i = 0; i < TOP_FINDINGS; i++)
		k->list[i] = toplist_new(LIMIT_FIGURES_NAMES);
	buf_init(&k->words, LIMIT_REPLY_LINE);
	return k;
}

void
figures_keeper_free(struct figures_keeper **kp)
{
	struct figures_keeper *k = *kp;

	if (k == NULL)
		return;
	for (enum figures_list i = 0; i < TOP_FINDINGS; i++)
		toplist_free(&k->list[i]);
	buf_fini(&k->words);
	free(k);
	*kp = NULL;
}

/* --- the rate --- */

/* Widths, each a multiple of the one before, that people can read; beyond them, doubled. */
static const nstime widths[] = {
	100 * NSTIME_MS, 200 * NSTIME_MS, NSTIME_S, 2 * NSTIME_S, 10 * NSTIME_S, 30 * NSTIME_S, 60 * NSTIME_S, 120 * NSTIME_S,
	600 * NSTIME_S, 1800 * NSTIME_S, 3600 * NSTIME_S, 7200 * NSTIME_S, 21600 * NSTIME_S, 86400 * NSTIME_S,
};

static nstime
wider(nstime width)
{
	for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
		if (widths[i] > width)
			return widths[i];
	return 2 * width;
}

/* From 1897 to 2116: no sum or difference of these overflows. */
static nstime
sane(nstime time)
{
	return time < INT64_MIN / 4 ? INT64_MIN / 4 : time > INT64_MAX / 2 ? INT64_MAX / 2 : time;
}

/* Counted in widths since 1970, rounded down: differences of these never overflow. */
static int64_t
place_of(nstime time, nstime width)
{
	return time / width - (time % width < 0);
}

static void
add_rate(struct figures_rate *to, const struct figures_rate *more)
{
	to->sessions += more->sessions;
	to->messages += more->messages;
	to->refused += more->refused;
}

/* All places anew, `first` being the place of the first, in the wider width. */
static void
regroup(struct figures *f, nstime width, int64_t first)
{
	struct figures_rate rate[FIGURES_RATES] = { 0 };
	int64_t was = place_of(f->rate_start, f->rate_width), last = first;

	for (size_t i = 0; i < f->nrate; i++) {
		last = place_of((was + (int64_t)i) * f->rate_width, width);
		add_rate(&rate[last - first], &f->rate[i]);
	}
	memcpy(f->rate, rate, sizeof rate);
	f->nrate = (size_t)(last - first) + 1;
	f->rate_width = width;
	f->rate_start = first * width;
}

/* The place of that time, be it before the first one or behind the last. */
static struct figures_rate *
rate_at(struct figures *f, nstime when)
{
	nstime time = sane(when), width = f->nrate > 0 ? f->rate_width : widths[0];
	nstime from, to;
	size_t at;

	if (f->nrate == 0) {
		f->rate_width = width;
		f->rate_start = place_of(time, width) * width;
		f->nrate = 1;
	}
	from = time < f->rate_start ? time : f->rate_start;
	to = (place_of(f->rate_start, width) + (int64_t)f->nrate - 1) * width;
	to = time > to ? time : to;
	while (place_of(to, width) - place_of(from, width) >= FIGURES_RATES)
		width = wider(width);
	if (width != f->rate_width || from < f->rate_start)
		regroup(f, width, place_of(from, width));
	at = (size_t)(place_of(time, width) - place_of(f->rate_start, width));
	if (at >= f->nrate)
		f->nrate = at + 1;
	return &f->rate[at];
}

/* --- replies --- */

/* "RCPT", "550 5.1.1" and a text: one refusal, whatever the text says. */
static void
count_refusal(struct figures_keeper *k, enum waits verb, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;
	size_t key;

	buf_clear(&k->words);
	buf_printf(&k->words, "%s\t%03d", waits_name(verb), r->code);
	if (r->enhanced.n > 0)
		buf_add_byte(&k->words, ' ');
	buf_add(&k->words, r->enhanced);
	key = k->words.n;
	buf_add_byte(&k->words, '\t');
	if (!e->at.secret)
		buf_add(&k->words, r->text);
	toplist_count(k->list[TOP_REFUSALS], buf_slice(&k->words), key, 1);
}

void
figures_event(struct figures_keeper *k, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;
	enum waits verb;

	if (e->kind != EV_REPLY)
		return;
	verb = waits_of(r->verb);
	k->now.replies++;
	k->now.code[r->code > 0 && r->code < FIGURES_CODES ? r->code : 0]++;
	if (r->wait != NSTIME_NONE)
		histogram_add(&k->now.wait[verb], r->wait);
	if (r->code >= 400 && r->code < 600)
		count_refusal(k, verb, e);
}

/* --- records --- */

static void
count_name(struct figures_keeper *k, enum figures_list list, slice name, uint64_t times, uint64_t failed, uint64_t bytes)
{
	struct figures_name *n = toplist_count(k->list[list], name, name.n, times);

	n->failed += failed;
	n->bytes += bytes;
}

static void
count_hosts(struct figures_keeper *k, const struct addr *client, const struct addr *server, uint64_t times, uint64_t failed,
    uint64_t bytes)
{
	char text[ADDR_TEXT];

	count_name(k, TOP_CLIENTS, slice_of(addr_text(client, text)), times, failed, bytes);
	count_name(k, TOP_SERVERS, slice_of(addr_text(server, text)), times, failed, bytes);
}

/* Mail that was not accepted for all; or nothing but errors. */
static bool
has_failed(const struct rec_session *s)
{
	return s->accepted < s->messages || s->accepted_recipients < s->recipients || (s->messages == 0 && s->errors > 0);
}

static bool
offers_tls(const struct rec_session *s)
{
	for (size_t i = 0; i < s->ncapability; i++)
		if (slice_ieq(slice_trim(s->capability[i]), S("STARTTLS")))
			return true;
	return false;
}

static void
count_session(struct figures_keeper *k, const struct rec_session *s)
{
	k->now.closed++;
	k->now.tls += s->tls;
	k->now.tls_failed += !s->tls && s->tls_broken;
	k->now.tls_offered += !s->tls && !s->tls_broken && offers_tls(s);
	k->now.auth += s->auths;
	for (size_t i = 0; i < s->nauth; i++)
		k->now.auth_failed += !s->auth[i].accepted && s->auth[i].code >= 400;
	rate_at(&k->now, s->time)->sessions++;
	count_hosts(k, &s->client.addr, &s->server.addr, 1, has_failed(s), s->tcp.bytes[DIR_CLIENT] + s->tcp.bytes[DIR_SERVER]);
}

static bool
was_refused(const struct rec_message *m)
{
	return m->status == MAIL_REJECTED || m->status == MAIL_REFUSED;
}

static void
count_message(struct figures_keeper *k, const struct rec_message *m)
{
	struct figures_rate *rate = rate_at(&k->now, m->end != NSTIME_NONE ? m->end : m->time);
	slice sender = m->null_sender ? S("<>") : m->mail_from;
	bool refused = was_refused(m);

	rate->messages++;
	rate->refused += refused;
	if (m->has_mail_from)
		count_name(k, TOP_SENDERS, sender, 1, refused, m->size);
	for (size_t i = 0; i < m->nrecipient; i++) {
		const struct rec_recipient *r = &m->recipient[i];

		count_name(k, TOP_RECIPIENTS, r->address, 1, refused || r->reply.code >= 400, m->size);
	}
}

void
figures_record(struct figures_keeper *k, const struct record *r)
{
	const struct rec_attempt *a = r->u.attempt;

	if (r->kind == REC_SESSION)
		count_session(k, r->u.session);
	else if (r->kind == REC_MESSAGE)
		count_message(k, r->u.message);
	else if (r->kind == REC_ATTEMPT)
		count_hosts(k, &a->client, &a->server.addr, a->count, a->count, 0);
}

/* --- a copy --- */

static enum severity
severity_of(const struct figures_name *name)
{
	enum finding f;

	return finding_parse((slice){ (const uint8_t *)name->name, name->n }, &f) ? finding_info(f)->severity : SEVERITY_NONE;
}

static int
by_severity(const void *ap, const void *bp)
{
	const struct figures_name *a = ap, *b = bp;
	enum severity as = severity_of(a), bs = severity_of(b);

	if (as != bs)
		return as > bs ? -1 : 1;
	return a->count != b->count ? (a->count > b->count ? -1 : 1) : strcmp(a->name, b->name);
}

/* Those have counts of their own, which are exact. */
static void
list_findings(struct figures *f)
{
	struct figures_name all[FINDINGS];
	size_t n = 0;

	for (enum finding i = 0; i < FINDINGS; i++) {
		slice id = slice_of(finding_info(i)->id);

		if (f->stats.finding[i] == 0)
			continue;
		all[n] = (struct figures_name){ .n = id.n, .count = f->stats.finding[i] };
		memcpy(all[n++].name, id.p, id.n);
	}
	qsort(all, n, sizeof all[0], by_severity);
	f->names[TOP_FINDINGS] = n;
	f->ntop[TOP_FINDINGS] = n < FIGURES_TOP ? n : FIGURES_TOP;
	memcpy(f->top[TOP_FINDINGS], all, f->ntop[TOP_FINDINGS] * sizeof all[0]);
}

struct figures *
figures_copy(const struct figures_keeper *k, const struct rec_stats *so_far, size_t memory)
{
	struct figures *f = xcalloc(1, sizeof *f);

	*f = k->now;
	f->stats = *so_far;
	f->memory = memory;
	for (enum figures_list i = 0; i < TOP_FINDINGS; i++) {
		f->ntop[i] = toplist_best(k->list[i], f->top[i], FIGURES_TOP);
		f->names[i] = toplist_names(k->list[i]);
		f->more[i] = toplist_replaced(k->list[i]);
	}
	list_findings(f);
	return f;
}
