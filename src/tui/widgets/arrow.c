#include "arrow.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "model/list/column.h"
#include "ruler.h"
#include "sheet.h"

enum {
	LINE = 0x2500, DOUBLE = 0x2550, DASHED = 0x254c, RAIL = 0x2502, HEAD_LEFT = 0x25c4, HEAD_RIGHT = 0x25ba, DOT = 0xb7,
	GROUP_FIRST = 0x256d, GROUP_ON = 0x2502, GROUP_LAST = 0x2570,		/* ╭ │ ╰ */
	FAR_FIRST = 0x256e, FAR_LAST = 0x256f,					/* ╮ ╯ */
	FULL = 0x2588, SHADE_LIGHT = 0x2591, SHADE_HALF = 0x2592
};

enum {
	TINY = 32,			/* below: no bars */
	NARROW = 60,			/* below: no Δt, no brackets */
	WITH_WAIT = 100,		/* from here on waits stand as numbers, too */
	SINCE = 6, ARROW_MOST = 90, SIDE = 2,
	SHARES = 36			/* columns for the shares of a wait in words */
};

void
arrow_look_set(struct arrow_look *look, const struct when *when, nstime start, nstime last, int width)
{
	bool narrow = width < NARROW, waits = when->format != TIME_NONE && width >= TINY;
	int right = width, x = 1;

	*look = (struct arrow_look){
		.when = *when, .start = start, .width = width, .since = -1, .commands = -1, .replies = -1, .wait = -1, .shares = -1,
	};
	look->time = x;
	look->times = sheet_times(when, start, last);
	if (look->times > width / 3)
		look->times = 0;
	x += look->times + (look->times > 0);
	if (!narrow && waits && when->format != TIME_DELTA) {
		look->since = x;
		x += SINCE + 1;
	}
	if (!narrow) {
		look->commands = x;
		x += 2;
	}
	look->left = x;
	look->decade = !waits ? 0 : width >= 180 ? 6 : width >= 130 ? 4 : width >= WITH_WAIT ? 3 : narrow ? 1 : 2;
	look->bars = ruler_columns(look->decade);
	if (waits) {
		look->bar = right -= look->bars;
		if (width >= WITH_WAIT)
			look->wait = right -= SINCE + 1;
		look->letter = right -= 2;
	} else
		look->letter = look->bar = -1;
	look->replies = narrow ? -1 : right - 2;
	right -= narrow ? 1 : 4;
	look->right = right > look->left + 1 ? right : look->left + 1;
	if (look->right - look->left > ARROW_MOST) {
		int spare = look->right - look->left - ARROW_MOST;

		look->right -= spare;
		look->replies -= spare;
		look->letter -= waits ? spare : 0;
		look->wait -= waits ? spare : 0;
		look->bar -= waits ? spare : 0;
		if (spare > SHARES && waits)
			look->shares = look->bar + look->bars + 1;
	}
}

/* --- waits --- */

char
waited_letter(enum waited_for who)
{
	static const char letters[WAITED] = { '?', 'c', 's', 'n' };

	return letters[who];
}

enum style
waited_style(enum waited_for who)
{
	static const enum style styles[WAITED] = { STYLE_DIM, STYLE_WAIT_CLIENT, STYLE_WAIT_SERVER, STYLE_WAIT_NETWORK };

	return styles[who];
}

enum waited_for
arrow_waited(const struct rung *r)
{
	enum waited_for most = WAITED_NOBODY;

	for (enum waited_for w = WAITED_CLIENT; w < WAITED; w++)
		if (r->of[w] > r->of[most])
			most = w;
	return most;
}

enum waited_for
arrow_longest(const nstime times[WAITED])
{
	enum waited_for most = WAITED;

	for (enum waited_for w = 0; w < WAITED; w++)
		if (times[w] > 0 && (most == WAITED || times[w] > times[most]))
			most = w;
	return most;
}

void
arrow_say_shares(struct buf *out, const nstime times[WAITED])
{
	nstime left[WAITED];
	char text[NSTIME_TEXT];

	memcpy(left, times, sizeof left);
	for (enum waited_for w; (w = arrow_longest(left)) != WAITED; left[w] = 0)
		buf_printf(out, "%s%s %s", memcmp(left, times, sizeof left) == 0 ? "" : ", ", waited_name(w), when_wait(left[w], text));
}

/* What it was that was waited for since. */
static const char *
since_what(const struct rung *r)
{
	if (r->kind == RUNG_NOTE)
		return "handshake";
	if (r->kind == RUNG_CONTENT)
		return "waited";
	if (!r->is_reply)
		return "after the reply";
	return r->verb == WAIT_GREETING ? "after the handshake" : r->verb == WAIT_CONTENT ? "after the content" : NULL;
}

void
arrow_say_wait(struct buf *out, const struct rung *r)
{
	const char *since = since_what(r);
	char text[NSTIME_TEXT];

	if (r->wait == NSTIME_NONE)
		return;
	buf_printf(out, "%s ", when_wait(r->wait, text));
	if (r->kind == RUNG_NOTE) {
		buf_text(out, since);
		return;
	}
	if (since != NULL)
		buf_text(out, since);
	else
		buf_printf(out, "after %s", waits_name(r->verb));
	buf_add(out, S(": "));
	arrow_say_shares(out, r->of);
	if (r->wait == 0)
		out->n -= 2;
}

static void
draw_bar(const struct arrow_look *look, struct area area, int y, const struct rung *r)
{
	enum waited_for who = arrow_waited(r);
	static const uint32_t fill[WAITED] = { DOT, SHADE_HALF, FULL, SHADE_LIGHT };
	char text[NSTIME_TEXT];
	uint8_t memory[160];
	struct buf words = { .p = memory, .cap = sizeof memory, .max = sizeof memory };
	int n;

	if (look->bar < 0 || r->wait == NSTIME_NONE || r->wait <= 0)
		return;
	n = ruler_length(look->decade, r->wait);
	canvas_put(area, look->letter, y, (uint8_t)waited_letter(who), waited_style(who));
	if (look->wait >= 0)
		canvas_right(area, look->wait, y, SINCE, waited_style(who), slice_of(when_wait(r->wait, text)));
	canvas_fill(area, look->bar, y, n / 8, 1, fill[who], waited_style(who));
	if (n % 8 > 0)
		canvas_put(area, look->bar + n / 8, y, 0x2590u - (uint32_t)(n % 8), waited_style(who));
	if (look->shares < 0)
		return;
	arrow_say_shares(&words, r->of);
	canvas_text(area, look->shares, y, look->width - look->shares, STYLE_DIM, buf_slice(&words));
}

/* --- the head --- */

void
arrow_head(const struct arrow_look *look, struct area area, int y, slice client, slice server)
{
	int middle = look->right - look->left - 1, room = middle / 2, roles = text_columns(S("client  server"));
	int client_width = text_columns(client), server_width = text_columns(server), x = look->left + 1, end = look->right;

	if (look->times > 0)
		canvas_right(area, look->time, y, look->times, STYLE_DIM, S("time"));
	if (look->since >= 0)
		canvas_right(area, look->since, y, SINCE, STYLE_DIM, S("Δt"));
	if (client_width + server_width + 2 > middle) {
		if (client_width > room)
			client_width = server_width > room ? room : middle - server_width - 1;
		server_width = server_width > middle - client_width - 1 ? middle - client_width - 1 : server_width;
	}
	if (client_width + server_width + 2 + roles <= middle) {
		x += canvas_words(area, x, y, STYLE_DIM, "client ");
		end -= text_columns(S(" server"));
		canvas_words(area, end, y, STYLE_DIM, " server");
	}
	canvas_text(area, x, y, client_width, STYLE_TITLE, client);
	canvas_right(area, end - server_width, y, server_width, STYLE_TITLE, server);
	if (look->bar >= 0)
		ruler_draw(area, look->bar, y, look->decade);
	if (look->decade == 1)
		canvas_text(area, look->bar, y, look->bars, STYLE_DIM, S("wait"));
}

/* --- arrows --- */

enum style
arrow_style(const struct rung *r)
{
	if (r->secret)
		return STYLE_SECRET;
	if (r->kind == RUNG_FINDING)
		return sheet_severity(r->severity);
	if (r->kind == RUNG_GAP)
		return STYLE_LOST;
	if (r->kind == RUNG_NOTE)
		return STYLE_DIM;
	if (r->partial)
		return STYLE_LATER;
	if (!r->is_reply)
		return r->dir == DIR_CLIENT ? STYLE_CLIENT : STYLE_SERVER;
	if (r->code >= 400)
		return r->code >= 500 ? STYLE_BAD : STYLE_LATER;
	return r->code >= 200 && r->code < 300 ? STYLE_GOOD : STYLE_SERVER;
}

/* The line of an arrow from x to before `end`, with its head at the far end. */
static void
draw_line(struct area area, int y, int x, int end, enum dir dir, uint32_t line, enum style style)
{
	if (end <= x)
		return;
	canvas_fill(area, x, y, end - x, 1, line, style);
	if (dir == DIR_CLIENT)
		canvas_put(area, end - 1, y, HEAD_RIGHT, style);
	else
		canvas_put(area, x, y, HEAD_LEFT, style);
}

/* Whose reply it is: the address says it, where there is one. */
static slice
label_of(const struct rung *r)
{
	slice rest = slice_drop(r->answers, S("RCPT ").n);

	if (slice_starts(r->answers, S("RCPT ")))
		return rest;
	/* LMTP: "message 1 for bob@example.net". */
	for (rest = r->answers; rest.n > 0 && slice_starts(r->answers, S("message ")); rest = slice_drop(rest, 1))
		if (slice_starts(rest, S(" for ")))
			return slice_drop(rest, S(" for ").n);
	return r->answers;
}

/* If there is room for all of it. */
__attribute__((format(printf, 3, 4))) static void
say_if(struct buf *out, int *room, const char *format, ...)
{
	char text[64];
	va_list args;
	int columns;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	columns = text_columns(slice_of(text));
	if (columns > *room)
		return;
	*room -= columns;
	buf_text(out, text);
}

/* What is known besides the words, the most important first. */
static void
say_more(const struct arrow_look *look, struct buf *out, const struct rung *r, int room)
{
	char text[NSTIME_TEXT];

	if (r->is_reply && r->lines > 1)
		say_if(out, &room, " +%u %s", r->lines - 1, r->lines > 2 ? "lines" : "line");
	if (r->open && r->kind == RUNG_CONTENT)
		say_if(out, &room, " … %s bytes so far", words_number(r->bytes[r->dir], text));
	if (r->retransmitted > 0)
		say_if(out, &room, " · %s sent again", words_number(r->retransmitted, text));
	if (r->kind == RUNG_CONTENT && r->segments[r->dir] > 0)
		say_if(out, &room, " · %s segment%s", words_number(r->segments[r->dir], text), r->segments[r->dir] == 1 ? "" : "s");
	if (r->kind == RUNG_CONTENT && !r->open && r->first != NSTIME_NONE && r->time > r->first && look->when.format != TIME_NONE)
		say_if(out, &room, " in %s", when_wait(r->time - r->first, text));
}

static void
draw_client(const struct arrow_look *look, struct area area, int y, const struct rung *r, uint32_t line)
{
	int x = look->left + 2, room = look->right - x - SIDE - 1;
	uint8_t memory[160];
	struct buf more = { .p = memory, .cap = sizeof memory, .max = sizeof memory };

	x += canvas_text(area, x, y, room, arrow_style(r), r->text);
	say_more(look, &more, r, look->right - SIDE - 1 - x);
	x += canvas_text(area, x, y, look->right - SIDE - 1 - x, STYLE_DIM, buf_slice(&more));
	draw_line(area, y, x + 1, look->right, DIR_CLIENT, line, STYLE_CLIENT);
}

static void
draw_server(const struct arrow_look *look, struct area area, int y, const struct rung *r, uint32_t line)
{
	slice label = label_of(r);
	int middle = look->right - look->left - 1, x = look->left + 1;
	int text = text_columns(r->text), named = text_columns(label), extra, room;
	uint8_t memory[160];
	struct buf more = { .p = memory, .cap = sizeof memory, .max = sizeof memory };

	say_more(look, &more, r, middle / 2);
	extra = text_columns(buf_slice(&more));
	room = middle - SIDE - 2 - extra - (named > 0 ? named + 3 : 0);
	if (room < text && named > middle / 2 - 3) {
		named = middle / 2 - 3 > 0 ? middle / 2 - 3 : 0;
		room = middle - SIDE - 2 - extra - (named > 0 ? named + 3 : 0);
	}
	text = text < room ? text : room > 0 ? room : 0;
	canvas_text(area, look->right - 1 - extra - text, y, text, arrow_style(r), r->text);
	canvas_text(area, look->right - 1 - extra, y, extra, STYLE_DIM, buf_slice(&more));
	draw_line(area, y, x, look->right - 2 - extra - text, DIR_SERVER, line, STYLE_FRAME);
	if (named > 0) {
		canvas_fill(area, x + SIDE, y, named + 2, 1, ' ', STYLE_PLAIN);
		canvas_text(area, x + SIDE + 1, y, named, STYLE_DIM, label);
	}
}

static void
draw_tls(const struct arrow_look *look, struct area area, int y, const struct rung *r)
{
	uint8_t memory[160];
	struct buf words = { .p = memory, .cap = sizeof memory, .max = sizeof memory };
	char number[NSTIME_TEXT];
	int x = look->left + 1;

	buf_add(&words, r->text);
	buf_printf(&words, " · %s →", words_number(r->bytes[DIR_CLIENT], number));
	buf_printf(&words, " · ← %s", words_number(r->bytes[DIR_SERVER], number));
	if (r->last != NSTIME_NONE && r->last > r->time && look->when.format != TIME_NONE)
		buf_printf(&words, " · %s", when_wait(r->last - r->time, number));
	draw_line(area, y, x, look->right, DIR_CLIENT, DOUBLE, STYLE_INFO);
	canvas_put(area, x, y, HEAD_LEFT, STYLE_INFO);
	canvas_put(area, x + SIDE, y, ' ', STYLE_PLAIN);
	x += SIDE + 1;
	x += canvas_text(area, x, y, look->right - SIDE - 1 - x, STYLE_INFO, buf_slice(&words));
	canvas_put(area, x, y, ' ', STYLE_PLAIN);
}

static void
draw_gap(const struct arrow_look *look, struct area area, int y, const struct rung *r)
{
	int room = look->right - look->left - 1, width = text_columns(r->text);
	int at = r->dir == DIR_CLIENT ? look->left + SIDE + 1 : look->right - SIDE - 1 - width;

	canvas_fill(area, look->left + 1, y, room, 1, DASHED, STYLE_FRAME);
	if (at < look->left + 1)
		at = look->left + 1;
	canvas_text(area, at, y, look->right - at, STYLE_LOST, r->text);
}

/* A finding's words go to the edge of the screen: nothing else stands there. */
static void
draw_finding(const struct arrow_look *look, struct area area, int y, const struct rung *r)
{
	uint8_t memory[1024];
	struct buf words = { .p = memory, .cap = sizeof memory, .max = sizeof memory };
	int x = look->left + 2;

	sheet_links(&words, r->text, sheet_tells_hosts(r->finding, r->text), look->live_links);
	x += canvas_text(area, x, y, 2, arrow_style(r), S("! "));
	x += canvas_text(area, x, y, look->width - x, arrow_style(r), slice_of(finding_info(r->finding)->id));
	if (look->width - x > 4)
		canvas_text(area, x + 2, y, look->width - x - 2, STYLE_PLAIN, buf_slice(&words));
}

static void
draw_middle(const struct arrow_look *look, struct area area, int y, const struct rung *r)
{
	switch (r->kind) {
	case RUNG_SAID:
		(r->dir == DIR_CLIENT ? draw_client : draw_server)(look, area, y, r, LINE);
		break;
	case RUNG_CONTENT:
		(r->dir == DIR_CLIENT ? draw_client : draw_server)(look, area, y, r, DOUBLE);
		break;
	case RUNG_TLS:
		draw_tls(look, area, y, r);
		break;
	case RUNG_NOTE:
		canvas_put(area, look->left + 2, y, DOT, STYLE_DIM);
		canvas_text(area, look->left + 4, y, look->right - look->left - 5, STYLE_DIM, r->text);
		break;
	case RUNG_GAP:
		draw_gap(look, area, y, r);
		break;
	case RUNG_FINDING:
		draw_finding(look, area, y, r);
		break;
	}
}

static void
draw_group(const struct arrow_look *look, struct area area, int y, const struct rung *r, const struct arrow_around *around)
{
	bool replies = r->kind == RUNG_FINDING ? around->replies : r->is_reply;
	int x = replies ? look->replies : look->commands;
	uint32_t shape = around->above && around->below ? GROUP_ON : around->below ? (replies ? FAR_FIRST : GROUP_FIRST)
	    : (replies ? FAR_LAST : GROUP_LAST);

	/* Findings write over where the brackets of replies stand, and end none. */
	if (r->kind == RUNG_FINDING && (replies || !around->above || !around->below))
		return;
	if (x >= 0 && around->group != 0 && (around->above || around->below))
		canvas_put(area, x, y, shape, STYLE_FRAME);
}

static void
draw_times(const struct arrow_look *look, struct area area, int y, nstime time, nstime before, nstime since)
{
	char text[NSTIME_TEXT];

	if (look->times > 0)
		canvas_right(area, look->time, y, look->times, STYLE_DIM,
		    slice_of(when_text(&look->when, time, look->start, before, text)));
	if (look->since >= 0 && since > 0)
		canvas_right(area, look->since, y, SINCE, STYLE_DIM, slice_of(when_wait(since, text)));
}

void
arrow_draw(const struct arrow_look *look, struct area area, int y, const struct rung *r, const struct arrow_around *around)
{
	const char *letter = severity_letter(r->severity);

	if (letter[0] != '\0')
		canvas_text(area, 0, y, 1, sheet_severity(r->severity), slice_of(letter));
	else if (around->partner)
		canvas_put(area, 0, y, 0x203a, STYLE_MARK);		/* › */
	if (r->kind != RUNG_FINDING && r->time != NSTIME_NONE)
		draw_times(look, area, y, r->time, around->before, r->since);
	canvas_put(area, look->left, y, RAIL, STYLE_FRAME);
	if (r->kind != RUNG_FINDING)
		canvas_put(area, look->right, y, RAIL, STYLE_FRAME);
	draw_group(look, area, y, r, around);
	draw_middle(look, area, y, r);
	draw_bar(look, area, y, r);
}

/* --- packets --- */

static void
say_flags(struct buf *out, uint32_t flags, bool all)
{
	static const struct { uint32_t flag; const char *name; bool always; } names[] = {
		{ PACKET_SYN, "SYN", true }, { PACKET_FIN, "FIN", true }, { PACKET_RST, "RST", true }, { PACKET_ACK, "ACK", false },
		{ PACKET_PSH, "PSH", false }, { PACKET_URG, "URG", true },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (flags & names[i].flag && (all || names[i].always))
			buf_printf(out, " %s", names[i].name);
}

static void
say_packet(const struct arrow_look *look, struct buf *out, const struct rung_packet *p)
{
	buf_printf(out, "%s #%llu", p->dir == DIR_CLIENT ? "→" : "←", (unsigned long long)p->number);
	say_flags(out, p->flags, look->details || p->length == 0);
	if (p->length > 0 || look->details)
		buf_printf(out, " seq %llu len %llu", (unsigned long long)p->offset, (unsigned long long)p->length);
	if (p->flags & PACKET_ACK && (p->acknowledged > 0 || look->details))
		buf_printf(out, " ack %llu", (unsigned long long)p->acknowledged);
	if (look->details || (p->window == 0 && !(p->flags & PACKET_RST)))
		buf_printf(out, " win %u", p->window);
}

static const char *
trouble(const struct rung_packet *p)
{
	return p->flags & PACKET_KEEPALIVE ? "keep-alive" : p->flags & PACKET_RETRANSMITTED ? "sent again"
	    : p->flags & PACKET_REORDERED ? "out of order" : p->window == 0 && !(p->flags & PACKET_RST) ? "window closed" : "";
}

void
arrow_packet(const struct arrow_look *look, struct area area, int y, const struct rung_packet *p, nstime before)
{
	uint8_t memory[200];
	struct buf words = { .p = memory, .cap = sizeof memory, .max = sizeof memory };
	int x = look->left + 4;

	say_packet(look, &words, p);
	draw_times(look, area, y, p->time, before, p->time >= before ? p->time - before : NSTIME_NONE);
	/* What does not fit goes over the lane: nothing else stands there. */
	x += canvas_text(area, x, y, look->width - x, STYLE_DIM, buf_slice(&words));
	if (trouble(p)[0] != '\0' && x + 2 < look->width)
		canvas_text(area, x + 2, y, look->width - x - 2, STYLE_LATER, slice_of(trouble(p)));
}

void
arrow_below(const struct arrow_look *look, struct area area, int y, const struct rung *r, const struct arrow_around *around)
{
	int x = r->is_reply ? look->replies : look->commands;

	canvas_put(area, look->left, y, RAIL, STYLE_FRAME);
	canvas_put(area, look->right, y, RAIL, STYLE_FRAME);
	if (x >= 0 && around->group != 0 && around->below && r->kind != RUNG_FINDING)
		canvas_put(area, x, y, GROUP_ON, STYLE_FRAME);
}

void
arrow_note(const struct arrow_look *look, struct area area, int y, slice words)
{
	canvas_text(area, look->left + 4, y, look->right - look->left - 4, STYLE_DIM, words);
}
