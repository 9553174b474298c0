#include "way.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/when.h"
#include "base/words.h"

enum { NUMBER = 3, CLOCK = 8, DATE = 19, DELAY = 12, WITH = 8, WIDE = 100, WIDEST = 150 };

#define MINUTE	(60 * NSTIME_S)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)

void
way_init(struct way *w)
{
	*w = (struct way){ .n = 0 };
	buf_init(&w->server, KiB);
	buf_init(&w->client, KiB);
}

void
way_fini(struct way *w)
{
	free(w->v);
	buf_fini(&w->server);
	buf_fini(&w->client);
}

void
way_span(struct buf *out, nstime t)
{
	char text[NSTIME_TEXT];

	if (t < 0) {
		buf_text(out, "-");
		t = t == INT64_MIN ? INT64_MAX : -t;
	}
	if (t >= DAY)
		buf_printf(out, "%lld d %lld h", (long long)(t / DAY), (long long)(t % DAY / HOUR));
	else if (t >= HOUR)
		buf_printf(out, "%lld h %lld min", (long long)(t / HOUR), (long long)(t % HOUR / MINUTE));
	else if (t >= MINUTE)
		buf_printf(out, "%lld min %lld s", (long long)(t / MINUTE), (long long)(t % MINUTE / NSTIME_S));
	else
		buf_text(out, t % NSTIME_S == 0 ? "" : when_wait(t, text));
	if (t < MINUTE && t % NSTIME_S == 0)
		buf_printf(out, "%lld s", (long long)(t / NSTIME_S));
}

static void
add_hop(struct way *w, const struct rec_hop *hop, nstime time, nstime delay)
{
	w->v[w->n++] = (struct way_hop){ hop, time, delay };
	if (delay != NSTIME_NONE && delay > w->most)
		w->most = delay;
}

/* As a Received field would call it (RFC 3848). */
static slice
protocol_of(const struct unit *u)
{
	const struct rec_message *m = u->message;
	bool extended = slice_ieq(m->helo_verb, S("EHLO"));

	if (strcmp(u->session->protocol, "lmtp") == 0)
		return m->encrypted ? S("LMTPS") : S("LMTP");
	if (!extended)
		return S("SMTP");
	if (m->auth_user.n > 0)
		return m->encrypted ? S("ESMTPSA") : S("ESMTPA");
	return m->encrypted ? S("ESMTPS") : S("ESMTP");
}

/* The session is the last hop: who gave it to whom, by the packets, whose clock is another one. */
static void
add_session(struct way *w, const struct unit *u)
{
	const struct rec_message *m = u->message;
	nstime last = w->n > 0 ? w->v[w->n - 1].time : NSTIME_NONE;
	char text[ADDR_TEXT];

	buf_clear(&w->server);
	buf_clear(&w->client);
	w->here = (struct rec_hop){ .time = m->time, .delay = NSTIME_NONE, .with = protocol_of(u), .from = m->helo_name };
	buf_text(&w->client, addr_text(&u->session->client.addr, text));
	w->here.from_ip = buf_slice(&w->client);
	if (u->session->greeting_host.n > 0)
		buf_add(&w->server, u->session->greeting_host);
	else
		buf_text(&w->server, addr_text(&u->session->server.addr, text));
	w->here.by = buf_slice(&w->server);
	add_hop(w, NULL, m->time, last != NSTIME_NONE && m->time != NSTIME_NONE ? m->time - last : NSTIME_NONE);
}

void
way_make(struct way *w, const struct unit *u)
{
	const struct rec_message *m = u->message;

	w->v = xrealloc(w->v, m->nhop + 1, sizeof *w->v);
	w->n = 0;
	w->most = 0;
	for (size_t i = m->nhop; i > 0; i--)
		add_hop(w, &m->hop[i - 1], m->hop[i - 1].time, m->hop[i - 1].delay);
	add_session(w, u);
}

static const struct rec_hop *
hop_of(const struct way *w, size_t i)
{
	return w->v[i].hop != NULL ? w->v[i].hop : &w->here;
}

void
way_total(const struct way *w, struct buf *out)
{
	nstime first = NSTIME_NONE, last = w->v[w->n - 1].time;
	size_t slowest = 0;

	if (w->n == 1) {
		buf_text(out, "no Received field: nothing is known of its way before this session");
		return;
	}
	words_count(out, w->n - 1, "hop before this one", "hops before this one");
	for (size_t i = 0; i < w->n; i++) {
		if (first == NSTIME_NONE)
			first = w->v[i].time;
		if (w->v[i].delay != NSTIME_NONE && w->v[i].delay == w->most)
			slowest = i;
	}
	if (first == NSTIME_NONE || last == NSTIME_NONE || last < first)
		return;
	buf_text(out, ", ");
	way_span(out, last - first);
	if (w->most < 2 * NSTIME_S || w->n < 3)
		return;
	buf_text(out, ", of which ");
	way_span(out, w->most);
	buf_text(out, " until ");
	buf_add(out, hop_of(w, slowest)->by);
}

/* --- lines --- */

static bool
is_wide(struct area a)
{
	return a.width >= WIDE;
}

static int
time_columns(struct area a)
{
	return is_wide(a) ? DATE : CLOCK;
}

static int
bar_columns(struct area a)
{
	return a.width >= 70 ? is_wide(a) ? 2 * WAY_BAR : WAY_BAR : 0;
}

/* What stands in one line should be found by the eye. */
static struct area
table(struct area a)
{
	return area_part(a, 0, 0, a.width < WIDEST ? a.width : WIDEST, a.height);
}

void
way_title(struct area a, int y)
{
	int x = NUMBER;

	a = table(a);
	canvas_words(a, x, y, STYLE_DIM, is_wide(a) ? "time (UTC)" : "UTC");
	x += time_columns(a) + 1;
	canvas_right(a, x, y, DELAY, STYLE_DIM, S("took"));
	x += DELAY + 1 + (bar_columns(a) > 0 ? bar_columns(a) + 1 : 0);
	canvas_words(a, x, y, STYLE_DIM, "taken by ← from");
	if (a.width >= 60)
		canvas_right(a, a.width - WITH - 1, y, WITH, STYLE_DIM, S("with"));
}

static void
draw_time(struct area a, int x, int y, nstime t)
{
	char text[NSTIME_TEXT];
	slice s;

	if (t == NSTIME_NONE) {
		canvas_words(a, x, y, STYLE_LOST, "no time");
		return;
	}
	s = slice_take(slice_of(nstime_utc(t, 0, text)), DATE);
	text[10] = ' ';
	canvas_text(a, x, y, time_columns(a), STYLE_PLAIN, is_wide(a) ? s : slice_drop(s, 11));
}

static void
draw_delay(const struct way *w, struct area a, int x, int y, size_t i)
{
	nstime delay = w->v[i].delay;
	bool slowest = delay == w->most && delay >= 2 * NSTIME_S;
	struct buf words;

	if (delay == NSTIME_NONE)
		return;
	buf_init(&words, 64);
	way_span(&words, delay);
	canvas_right(a, x, y, DELAY, delay < 0 ? STYLE_LATER : slowest ? STYLE_TITLE : STYLE_PLAIN, buf_slice(&words));
	buf_fini(&words);
}

/* Its share of the longest one; a clock that is behind is no time at all. */
static void
draw_bar(const struct way *w, struct area a, int x, int y, size_t i)
{
	int columns = bar_columns(a), n;

	if (columns == 0 || w->v[i].delay == NSTIME_NONE)
		return;
	if (w->v[i].delay < 0) {
		canvas_words(area_part(a, x, y, columns, 1), 0, 0, STYLE_LATER, "clock");
		return;
	}
	n = w->most > 0 ? (int)((double)w->v[i].delay / (double)w->most * columns + 0.5) : 0;
	if (n == 0 && w->v[i].delay > 0)
		n = 1;
	canvas_fill(a, x, y, n < columns ? n : columns, 1, 0x2588, STYLE_WAIT_SERVER);
}

static int
draw_hosts(struct area a, int x, int y, int right, const struct rec_hop *h)
{
	slice from = h->from.n > 0 ? h->from : h->from_host.n > 0 ? h->from_host : h->from_ip;

	x += canvas_text(a, x, y, right - x, STYLE_PLAIN, h->by.n > 0 ? h->by : S("?"));
	if (from.n == 0 || x + 4 > right)
		return x;
	x += canvas_words(area_part(a, 0, y, right, 1), x, 0, STYLE_DIM, " ← ");
	x += canvas_text(a, x, y, right - x, STYLE_LINK, from);
	if (h->from_ip.n > 0 && !slice_eq(from, h->from_ip) && x + (int)h->from_ip.n + 3 < right) {
		x += canvas_words(area_part(a, 0, y, right, 1), x, 0, STYLE_DIM, " [");
		x += canvas_text(a, x, y, right - x, STYLE_DIM, h->from_ip);
		x += canvas_words(area_part(a, 0, y, right, 1), x, 0, STYLE_DIM, "]");
	}
	return x;
}

void
way_draw(const struct way *w, struct area all, int y, size_t i)
{
	const struct rec_hop *h = hop_of(w, i);
	struct area a = table(all);
	int x = NUMBER, right = a.width >= 60 ? a.width - WITH - 2 : a.width;
	char number[16];
	struct buf text = { .p = (uint8_t *)number, .cap = sizeof number, .max = sizeof number };

	if (w->v[i].hop == NULL)
		buf_text(&text, "»");
	else
		buf_printf(&text, "%zu", i + 1);
	canvas_right(a, 0, y, NUMBER - 1, STYLE_DIM, buf_slice(&text));
	draw_time(a, x, y, w->v[i].time);
	x += time_columns(a) + 1;
	draw_delay(w, a, x, y, i);
	x += DELAY + 1;
	draw_bar(w, a, x, y, i);
	x += bar_columns(a) > 0 ? bar_columns(a) + 1 : 0;
	draw_hosts(a, x, y, right, h);
	if (a.width >= 60)
		canvas_right(a, a.width - WITH - 1, y, WITH, STYLE_DIM, h->with);
}

static void
say(struct buf *out, const char *what, slice value)
{
	if (value.n == 0)
		return;
	buf_text(out, out->n > 0 ? " · " : "");
	buf_text(out, what);
	buf_add(out, value);
}

void
way_details(const struct way *w, size_t i, struct buf *out)
{
	const struct rec_hop *h = hop_of(w, i);

	if (w->v[i].hop == NULL)
		buf_text(out, "this session, by its packets");
	say(out, "says it is ", h->from);
	say(out, "is ", h->from_host);
	say(out, "", h->from_ip);
	say(out, "id ", h->id);
	say(out, "for ", h->for_);
	if (w->v[i].delay != NSTIME_NONE && w->v[i].delay < 0)
		buf_text(out, " · its clock is behind that of the hop before, or that one is ahead");
}
