/*
 * ladder.c - the session that is chosen as arrows between client and server,
 * with who was waited for.
 *
 * Rungs are drawn only while they are looked at, so the length of a session
 * does not matter. Below them stands what is known of the one under the
 * cursor, and the sums of all waits. Packets stand below their arrow when it
 * is unfolded: one by one, or all.
 */
#include <stdlib.h>

#include "base/err.h"
#include "base/words.h"
#include "ladder_attempt.h"
#include "tui/view.h"
#include "tui/widgets/arrow.h"
#include "tui/widgets/session_title.h"
#include "tui/widgets/tall.h"

enum {
	HIGH = 34,			/* lines of a screen that has room for the packets of the rung under the cursor */
	PANE_LINES = 10,
	MIDDLE = 12, LOW = 7,		/* lines of one that has room for a line about the rung; for the sums */
	ABOVE = 3,			/* lines shown above what one jumped to */
	AROUND = 16,			/* findings that are looked over to see whether a group goes on */
	TEXT_WIDTH = 120,		/* of a ladder that is saved */
	TEXT_TITLE = 20			/* lines of a screen that has room for a whole title */
};

struct state {
	struct app *app;
	struct session_title title;
	struct arrow_look look;		/* as drawn last */
	struct tall tall;
	int top;			/* the line where rungs begin */
	uint32_t item, message;		/* that are shown */
	bool aim;			/* … and the message's rungs are looked for */
	uint8_t *unfolded;		/* a bit for each rung */
	size_t nunfolded;		/* bytes of it */
	bool all, details, follow;
	uint32_t named;			/* whose names these are … */
	uint64_t named_version;		/* … and as of when */
	struct buf client, server;
};

static int lines_of(void *self, size_t rung);

static void
open_view(void *self, struct app *app)
{
	struct state *s = self;

	s->app = app;
	session_title_init(&s->title);
	buf_init(&s->client, LIMIT_PROMPT);
	buf_init(&s->server, LIMIT_PROMPT);
	s->tall = (struct tall){ .height = 1, .lines = lines_of, .self = s };
	s->item = s->message = s->named = NO_ITEM;
}

static void
close_view(void *self)
{
	struct state *s = self;

	session_title_fini(&s->title);
	buf_fini(&s->client);
	buf_fini(&s->server);
	free(s->unfolded);
}

static const struct ladder *
ladder_of(const struct state *s)
{
	const struct dossier *d = app_dossier(s->app);

	return d != NULL && ladder_count(dossier_ladder(d)) > 0 ? dossier_ladder(d) : NULL;
}

/* --- packets below their rung --- */

static bool
is_unfolded(const struct state *s, size_t rung)
{
	bool turned = rung / 8 < s->nunfolded && s->unfolded[rung / 8] >> (rung % 8) & 1;

	return s->all != turned;
}

/* Not as all others. */
static void
turn(struct state *s, size_t rung)
{
	if (rung / 8 >= s->nunfolded) {
		size_t n = rung / 8 + 64;

		s->unfolded = xrealloc(s->unfolded, n, 1);
		memset(s->unfolded + s->nunfolded, 0, n - s->nunfolded);
		s->nunfolded = n;
	}
	s->unfolded[rung / 8] ^= (uint8_t)(1u << (rung % 8));
}

static void
unfold(struct state *s, size_t rung, bool on)
{
	if (is_unfolded(s, rung) != on)
		turn(s, rung);
	tall_to(&s->tall, rung);
}

static void
unfold_all(struct state *s)
{
	free(s->unfolded);
	s->unfolded = NULL;
	s->nunfolded = 0;
	s->all = !s->all;
	tall_to(&s->tall, s->tall.cursor);
}

/* Below the rung: its packets, or a line that says where they are; and one about those that were not kept. */
static int
lines_below(const struct rung *r)
{
	if (r->n == 0)
		return r->kind == RUNG_SAID && r->packet > 0;
	return (int)r->n + (r->packets > r->n);
}

static int
lines_of(void *self, size_t rung)
{
	struct state *s = self;
	const struct ladder *l = ladder_of(s);
	struct rung r;

	if (l == NULL || rung >= ladder_count(l) || !is_unfolded(s, rung))
		return 1;
	r = ladder_at(l, rung);
	return 1 + lines_below(&r);
}

static void
draw_below(const struct state *s, const struct ladder *l, size_t rung, const struct rung *r, const struct arrow_around *around,
    struct area area, int y)
{
	struct rung_packet packet[LIMIT_RUNG_PACKETS];
	size_t n = ladder_packets(l, rung, packet, LIMIT_RUNG_PACKETS);
	uint8_t memory[100];
	struct buf words = { .p = memory, .cap = sizeof memory, .max = sizeof memory };
	char number[WORDS_NUMBER];

	for (int i = 0; i < lines_below(r); i++)
		if (y + i >= 0 && y + i < area.height)
			arrow_below(&s->look, area, y + i, r, around);
	for (size_t i = 0; i < n; i++, y++)
		if (y >= 0 && y < area.height)
			arrow_packet(&s->look, area, y, &packet[i], i > 0 ? packet[i - 1].time : packet[i].time);
	if (n == 0 && lines_below(r) > 0)
		buf_printf(&words, "in packet %s, with what stands above", words_number(r->packet, number));
	else if (r->packets > r->n)
		buf_printf(&words, "and %s more packets", words_number(r->packets - r->n, number));
	if (words.n > 0 && y >= 0 && y < area.height)
		arrow_note(&s->look, area, y, buf_slice(&words));
}

/* --- rungs --- */

/* The next one in that direction that is no finding; SIZE_MAX: none near. */
static size_t
neighbour(const struct ladder *l, size_t rung, bool above)
{
	size_t n = ladder_count(l);

	for (int i = 0; i < AROUND; i++) {
		if (above ? rung == 0 : rung + 1 >= n)
			return SIZE_MAX;
		rung = above ? rung - 1 : rung + 1;
		if (ladder_at(l, rung).kind != RUNG_FINDING)
			return rung;
	}
	return SIZE_MAX;
}

static bool
goes_on(const struct ladder *l, size_t at, uint32_t group, bool replies)
{
	struct rung r;

	if (at == SIZE_MAX || group == 0)
		return false;
	r = ladder_at(l, at);
	return (r.kind == RUNG_SAID || r.kind == RUNG_CONTENT) && r.group == group && r.is_reply == replies;
}

static struct arrow_around
around(const struct ladder *l, size_t rung, const struct rung *r, size_t partner)
{
	size_t above = neighbour(l, rung, true), below = neighbour(l, rung, false);
	struct arrow_around a = { .before = r->time, .group = r->group, .replies = r->is_reply, .partner = rung == partner };

	if (above != SIZE_MAX)
		a.before = ladder_at(l, above).time;
	if (r->kind == RUNG_FINDING && above != SIZE_MAX) {
		struct rung carrier = ladder_at(l, above);

		a.group = carrier.group;
		a.replies = carrier.is_reply;
	}
	a.above = goes_on(l, above, a.group, a.replies);
	a.below = goes_on(l, below, a.group, a.replies);
	return a;
}

static void
draw_rungs(struct state *s, const struct ladder *l, struct area area)
{
	slice words = app_search_words(s->app);
	size_t partner = s->tall.cursor < s->tall.count ? ladder_at(l, s->tall.cursor).partner : SIZE_MAX;
	int y = -s->tall.line;

	for (size_t i = s->tall.top; i < s->tall.count && y < area.height; i++) {
		struct rung r = ladder_at(l, i);
		struct arrow_around a = around(l, i, &r, partner);
		int lines = is_unfolded(s, i) ? 1 + lines_below(&r) : 1;

		if (y >= 0) {
			arrow_draw(&s->look, area, y, &r, &a);
			canvas_mark_found(area, y, words);
			if (i == s->tall.cursor)
				canvas_select(area, y);
		}
		if (lines > 1)
			draw_below(s, l, i, &r, &a, area, y + 1);
		y += lines;
	}
}

/* --- what stands around them --- */

/* As they call themselves, else their addresses. */
static void
read_names(struct state *s)
{
	struct model *model = app_model(s->app);
	uint64_t version = model_item_version(model, s->item);
	char text[ADDR_TEXT];
	struct unit unit;

	if (s->named == s->item && s->named_version == version)
		return;
	s->named = s->item;
	s->named_version = version;
	buf_clear(&s->client);
	buf_clear(&s->server);
	if (!model_read(model, s->item, app_desk(s->app), &unit) || unit.session == NULL) {
		buf_add(&s->client, S("client"));
		buf_add(&s->server, S("server"));
		return;
	}
	if (unit.session->helo_name.n > 0)
		buf_add(&s->client, unit.session->helo_name);
	else
		buf_text(&s->client, addr_text(&unit.session->client.addr, text));
	if (unit.session->greeting_host.n > 0)
		buf_add(&s->server, unit.session->greeting_host);
	else
		buf_text(&s->server, addr_text(&unit.session->server.addr, text));
}

/* "waited 2.4 s: server 2.4 s (content 2.4 s), client 7.5 ms, network 1.6 ms": the names in the colours of their bars. */
static void
draw_sums(const struct state *s, const struct ladder *l, struct area area, int y)
{
	nstime times[WAITED], all = 0;
	uint8_t memory[100];
	struct buf words = { .p = memory, .cap = sizeof memory, .max = sizeof memory };
	char text[NSTIME_TEXT];
	size_t longest;
	int x = 1;

	for (enum waited_for w = 0; w < WAITED; w++)
		all += times[w] = ladder_waited(l, w, &longest);
	if (all == 0 || s->look.when.format == TIME_NONE)
		return;
	buf_printf(&words, "waited %s:", when_wait(all, text));
	x += canvas_text(area, x, y, area.width - x, STYLE_TITLE, buf_slice(&words));
	for (enum waited_for w; (w = arrow_longest(times)) != WAITED; times[w] = 0) {
		ladder_waited(l, w, &longest);
		buf_clear(&words);
		buf_printf(&words, " %s %s", waited_name(w), when_wait(times[w], text));
		x += canvas_text(area, x, y, area.width - x, waited_style(w), buf_slice(&words));
		buf_clear(&words);
		if (w == WAITED_SERVER && longest != SIZE_MAX) {
			struct rung r = ladder_at(l, longest);

			buf_printf(&words, " (%s %s)", waits_name(r.verb), when_wait(r.own[w], text));
		}
		times[w] = 0;
		buf_text(&words, arrow_longest(times) != WAITED ? "," : "");
		x += canvas_text(area, x, y, area.width - x, STYLE_PLAIN, buf_slice(&words));
	}
}

/* Where the capture was made: it decides what can be told. */
static void
say_place(const struct ladder *l, struct buf *out)
{
	nstime client = ladder_round_trip(l, DIR_CLIENT), server = ladder_round_trip(l, DIR_SERVER);
	char text[NSTIME_TEXT];

	if (server != NSTIME_NONE)
		buf_printf(out, " · to the server and back %s", when_wait(server, text));
	if (client != NSTIME_NONE)
		buf_printf(out, "%s client %s", server != NSTIME_NONE ? ", to the" : " · to the", when_wait(client, text));
}

static void
say_rung(const struct state *s, const struct ladder *l, const struct rung *r, struct buf *out)
{
	char number[WORDS_NUMBER];

	if (r->kind == RUNG_FINDING) {
		buf_text(out, finding_info(r->finding)->seen);
		return;
	}
	if (s->look.when.format != TIME_NONE)
		arrow_say_wait(out, r);
	if (r->kind == RUNG_NOTE && r->wait != NSTIME_NONE && s->look.when.format != TIME_NONE)
		say_place(l, out);
	if (r->kind == RUNG_CONTENT && r->retransmitted + r->reordered > 0)
		buf_printf(out, "%s%llu sent again, %llu out of order", out->n > 0 ? " · " : "",
		    (unsigned long long)r->retransmitted, (unsigned long long)r->reordered);
	if (r->packet > 0 && (r->kind != RUNG_NOTE || r->wait == NSTIME_NONE))
		buf_printf(out, "%spacket %s", out->n > 0 ? " · " : "", words_number(r->packet, number));
	if (r->unsure)
		buf_add(out, S(" · after a gap: guessed in part"));
	if (r->decrypted)
		buf_add(out, S(" · decrypted"));
}

/* One line about the rung under the cursor; first its words, if they did not fit. */
static void
draw_about(const struct state *s, const struct ladder *l, struct area area, int y)
{
	struct rung r = ladder_at(l, s->tall.cursor);
	struct buf words;
	int x = 1, room = s->look.right - s->look.left - 8;

	buf_init(&words, LIMIT_PROMPT);
	say_rung(s, l, &r, &words);
	if (r.kind == RUNG_SAID && text_columns(r.text) + text_columns(r.answers) > room) {
		int width = area.width - 2 - text_columns(buf_slice(&words)) - 3;

		x += canvas_text(area, x, y, width > 30 ? width : area.width - 2, arrow_style(&r), r.text);
		x += canvas_text(area, x, y, area.width - x, STYLE_DIM, S(" · "));
	}
	canvas_text(area, x, y, area.width - x, STYLE_DIM, buf_slice(&words));
	buf_fini(&words);
}

/* A pane about it, with its packets. */
static void
draw_pane(struct state *s, const struct ladder *l, struct area area)
{
	struct rung r = ladder_at(l, s->tall.cursor);
	const struct arrow_around none = { .group = 0 };

	canvas_line(area, 0, 0x2500, STYLE_FRAME);
	draw_about(s, l, area, 1);
	if (!is_unfolded(s, s->tall.cursor))
		draw_below(s, l, s->tall.cursor, &r, &none, area_part(area, 0, 2, area.width, area.height - 3), 0);
	draw_sums(s, l, area, area.height - 1);
}

/* Of what came to nothing there is no more than its record. False: it is something else. */
static bool
draw_attempt(struct state *s, struct area area)
{
	const struct when *when = &app_options(s->app)->when;
	struct rung rung[8];
	struct unit unit;
	struct buf words;
	char server[ENDPOINT_TEXT], client[ADDR_TEXT];
	size_t n;
	int y = 1;

	if (!model_read(app_model(s->app), s->item, app_desk(s->app), &unit) || unit.attempt == NULL)
		return false;
	n = attempt_rungs(unit.attempt, rung, sizeof rung / sizeof rung[0]);
	arrow_look_set(&s->look, when, unit.attempt->first, unit.attempt->last, area.width);
	arrow_head(&s->look, area, 0, slice_of(addr_text(&unit.attempt->client, client)),
	    slice_of(endpoint_text(&unit.attempt->server, server)));
	for (size_t i = 0; i < n; i++)
		arrow_draw(&s->look, area, y++, &rung[i], &(struct arrow_around){ .before = unit.attempt->first });
	buf_init(&words, LIMIT_PROMPT);
	attempt_say(&words, unit.attempt, when);
	y += y + 1 < area.height;
	canvas_text(area, 1, y, area.width - 1, STYLE_TITLE, buf_slice(&words));
	buf_fini(&words);
	return true;
}

static void
draw_notice(struct state *s, struct area area)
{
	const struct dossier *d = app_dossier(s->app);
	const char *words = "Choose a session in the list: 1";

	if (s->item != NO_ITEM && draw_attempt(s, area))
		return;
	if (d != NULL && dossier_gone(d))
		words = "What was said here was let go to make room for what came later";
	else if (d != NULL)
		words = dossier_percent(d) < 100 ? "Reading …" : "Nothing was said: there is no ladder";
	canvas_words(area, 1, area.height > 2 ? 1 : 0, STYLE_DIM, words);
}

static const char *
shortcoming(const struct dossier *d)
{
	return dossier_gone(d) ? " The beginning was let go to make room for what came later "
	    : ladder_truncated(dossier_ladder(d)) ? " Longer than a ladder may be: the last rungs are missing " : NULL;
}

static void
set_look(struct state *s, const struct ladder *l, int width)
{
	const struct dossier *d = app_dossier(s->app);
	const struct when *when = &app_options(s->app)->when;

	arrow_look_set(&s->look, when, dossier_start(d), ladder_at(l, ladder_count(l) - 1).time, width);
	s->look.details = s->details;
	s->look.live_links = app_options(s->app)->live_links;
}

/* Lines below the rungs. */
static int
foot_of(const struct state *s, int height)
{
	bool waits = app_options(s->app)->when.format != TIME_NONE;

	return height >= HIGH ? PANE_LINES : height >= MIDDLE ? 1 + waits : height >= LOW ? waits : 0;
}

static void
draw_foot(struct state *s, const struct ladder *l, struct area foot)
{
	if (foot.height > 2)
		draw_pane(s, l, foot);
	else if (foot.height > 0) {
		draw_sums(s, l, foot, foot.height - 1);
		if (foot.height > 1 || s->look.when.format == TIME_NONE)
			draw_about(s, l, foot, 0);
	}
}

/* Goes to the message that was chosen, if it is there; waits for it while there is more to read. */
static void
take_aim(struct state *s, const struct ladder *l)
{
	const struct item *message = model_item(app_model(s->app), s->message);

	s->aim = message != NULL && dossier_percent(app_dossier(s->app)) < 100;
	for (size_t i = 0; message != NULL && i < ladder_count(l); i++) {
		struct rung r = ladder_at(l, i);

		if (r.mail == 0 || r.mail != message->mail || r.server_reading != message->server_reading)
			continue;
		tall_show(&s->tall, i, ABOVE);
		s->aim = s->follow = false;
		return;
	}
}

static void
draw(void *self, struct area area)
{
	struct state *s = self;
	const struct ladder *l = ladder_of(s);
	int y = session_title_draw(&s->title, s->app, area), foot = foot_of(s, area.height);
	const char *lacks;

	s->top = y;
	if (l == NULL) {
		draw_notice(s, area_part(area, 0, y, area.width, area.height - y));
		return;
	}
	read_names(s);
	set_look(s, l, area.width);
	if (area.height >= LOW)
		arrow_head(&s->look, area, y++, buf_slice(&s->client), buf_slice(&s->server));
	if ((lacks = shortcoming(app_dossier(s->app))) != NULL && area.height >= LOW)
		canvas_words(area, 0, y++, STYLE_LOST, lacks);
	s->top = y;
	if (s->follow)
		s->tall.cursor = SIZE_MAX;
	tall_set(&s->tall, ladder_count(l), area.height - y - foot);
	if (s->aim)
		take_aim(s, l);
	draw_rungs(s, l, area_part(area, 0, y, area.width, area.height - y - foot));
	draw_foot(s, l, area_part(area, 0, area.height - foot, area.width, foot));
}

/* --- keys --- */

static void
begin_session(struct state *s, uint32_t item)
{
	s->item = item;
	s->tall.top = s->tall.cursor = 0;
	s->tall.line = 0;
	free(s->unfolded);
	s->unfolded = NULL;
	s->nunfolded = 0;
}

/* The first message is shown with all that came before it. */
static bool
is_first(const struct state *s, uint32_t message)
{
	const struct item *session = model_item(app_model(s->app), s->item);

	return session == NULL || session->next == message;
}

static void
refresh(void *self)
{
	struct state *s = self;
	uint32_t item = app_session(s->app), message = app_message(s->app);
	bool another = item != s->item;

	if (another)
		begin_session(s, item);
	if (message == s->message)
		return;
	s->message = message;
	s->aim = message != NO_ITEM && !(another && is_first(s, message));
}

static enum act_result
open_rung(struct state *s, const struct ladder *l)
{
	struct rung r = ladder_at(l, s->tall.cursor);

	app_jump(s->app, r.dir, r.offset, r.packet);
	app_show(s->app, ACTION_VIEW_TEXT);
	return ACT_DONE;
}

static void
go_to_finding(struct state *s, const struct ladder *l, bool back)
{
	size_t n = ladder_count(l);

	for (size_t i = s->tall.cursor; back ? i-- > 0 : ++i < n; ) {
		if (ladder_at(l, i).kind != RUNG_FINDING)
			continue;
		s->follow = false;
		tall_to(&s->tall, i);
		return;
	}
	app_say(s->app, STYLE_DIM, back ? "no finding above" : "no finding below; 6 lists those of all sessions");
}

static enum act_result
act(void *self, enum action action)
{
	struct state *s = self;
	const struct ladder *l = ladder_of(s);

	if (l == NULL)
		return ACT_NOT_MINE;
	tall_set(&s->tall, ladder_count(l), s->tall.height);
	if (tall_act(&s->tall, action)) {
		s->follow &= action == ACTION_LAST;
		return ACT_DONE;
	}
	switch (action) {
	case ACTION_OPEN:
		return open_rung(s, l);
	case ACTION_FOLD:
		unfold_all(s);
		return ACT_DONE;
	case ACTION_RIGHT:
	case ACTION_LEFT:
		unfold(s, s->tall.cursor, action == ACTION_RIGHT);
		return ACT_DONE;
	case ACTION_HEX:
		s->details = !s->details;
		unfold(s, s->tall.cursor, true);
		return ACT_DONE;
	case ACTION_NEXT_FINDING:
	case ACTION_PREVIOUS_FINDING:
		go_to_finding(s, l, action == ACTION_PREVIOUS_FINDING);
		return ACT_DONE;
	case ACTION_FOLLOW:
		s->follow = !s->follow;
		app_say(s->app, STYLE_DIM, s->follow ? "stays at the end" : "stays where it is");
		return ACT_DONE;
	default:
		return ACT_NOT_MINE;
	}
}

static enum act_result
mouse(void *self, const struct mouse *m)
{
	struct state *s = self;
	const struct ladder *l = ladder_of(s);
	size_t rung;

	if (l == NULL || !tall_mouse(&s->tall, m, s->top, &rung))
		return ACT_NOT_MINE;
	s->follow = false;
	return m->kind == MOUSE_DOUBLE && rung != SIZE_MAX ? open_rung(s, l) : ACT_DONE;
}

static bool
rung_has(const struct rung *r, slice words)
{
	return slice_icontains(r->text, words) || slice_icontains(r->answers, words)
	    || (r->kind == RUNG_FINDING && slice_icontains(slice_of(finding_info(r->finding)->id), words));
}

static bool
search(void *self, slice words, bool backwards)
{
	struct state *s = self;
	const struct ladder *l = ladder_of(s);
	size_t n = l != NULL ? ladder_count(l) : 0, at = s->tall.cursor;

	for (size_t i = 0; i < n; i++) {
		struct rung r;

		at = backwards ? (at > 0 ? at : n) - 1 : at + 1 < n ? at + 1 : 0;
		r = ladder_at(l, at);
		if (!rung_has(&r, words))
			continue;
		s->follow = false;
		tall_to(&s->tall, at);
		return true;
	}
	return false;
}

static void
status(void *self, struct buf *out)
{
	struct state *s = self;

	session_status(s->app, s->tall.cursor, s->tall.count, s->follow, out);
}

/* --- as text --- */

static void
print_line(struct canvas *line, struct buf *out)
{
	canvas_print(line, out, false);
	canvas_clear(line);
}

/* The lines that stand above every view of a session. */
static void
print_title(struct state *s, struct buf *out)
{
	struct canvas *page = canvas_new(TEXT_WIDTH, TEXT_TITLE);
	int lines = session_title_draw(&s->title, s->app, canvas_all(page));
	struct buf printed;
	slice rest, line;

	buf_init(&printed, SIZE_MAX / 2);
	canvas_print(page, &printed, false);
	rest = buf_slice(&printed);
	while (lines-- > 0) {
		slice_cut(rest, '\n', &line, &rest);
		buf_add(out, line);
		buf_add_byte(out, '\n');
	}
	buf_fini(&printed);
	canvas_free(&page);
}

static void
text(void *self, struct buf *out)
{
	struct state *s = self;
	const struct ladder *l = ladder_of(s);
	struct canvas *line;
	struct area area;

	if (l == NULL)
		return;
	line = canvas_new(TEXT_WIDTH, 1);
	area = canvas_all(line);
	read_names(s);
	print_title(s, out);
	set_look(s, l, TEXT_WIDTH);
	arrow_head(&s->look, area, 0, buf_slice(&s->client), buf_slice(&s->server));
	print_line(line, out);
	for (size_t i = 0; i < ladder_count(l); i++) {
		struct rung r = ladder_at(l, i);
		struct arrow_around a = around(l, i, &r, SIZE_MAX);

		arrow_draw(&s->look, area, 0, &r, &a);
		print_line(line, out);
	}
	draw_sums(s, l, area, 0);
	print_line(line, out);
	if (s->look.bar >= 0)
		buf_add(out, S(" waits: c for the client, s for the server, n for the network, ? nothing tells for whom\n"));
	canvas_free(&line);
}

const struct view_ops view_ladder = {
	.name = "Ladder", .tab = "2Ladder", .where = IN_LADDER, .of_session = true,
	.useful = { ACTION_OPEN, ACTION_FOLD, ACTION_NEXT_FINDING, ACTION_NEXT_SESSION, ACTION_SAVE, ACTION_HELP },
	.state_size = sizeof(struct state), .open = open_view, .close = close_view, .refresh = refresh, .draw = draw, .act = act,
	.mouse = mouse, .search = search, .status = status, .text = text,
};
