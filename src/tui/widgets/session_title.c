#include "session_title.h"

#include <inttypes.h>
#include <string.h>

#include "base/words.h"

enum { LOW = 14, VERY_LOW = 5 };	/* lines of a screen that has room for one of them, or none */

void
session_title_init(struct session_title *t)
{
	*t = (struct session_title){ .item = NO_ITEM };
	buf_init(&t->ends, LIMIT_PROMPT);
	buf_init(&t->time, LIMIT_PROMPT);
	buf_init(&t->result, LIMIT_PROMPT);
	buf_init(&t->shortcoming, LIMIT_PROMPT);
}

void
session_title_fini(struct session_title *t)
{
	buf_fini(&t->ends);
	buf_fini(&t->time);
	buf_fini(&t->result);
	buf_fini(&t->shortcoming);
}

/* "2 messages accepted for 3 of 4 recipients", "2 messages, 1 of them accepted". */
static void
say_messages(struct buf *out, const struct rec_session *s)
{
	char number[WORDS_NUMBER];

	if (s->messages == 0) {
		buf_add(out, s->closed ? S("no message") : S("no message yet"));
		return;
	}
	words_count(out, s->messages, "message", "messages");
	if (s->accepted == s->messages)
		buf_add(out, S(" accepted"));
	else if (s->accepted == 0 && strcmp(rec_session_complete(s), "full") != 0)
		buf_add(out, S(", no acceptance seen"));	/* the reply may be among what was not captured */
	else if (s->accepted == 0)
		buf_add(out, s->messages > 1 ? S(", none accepted") : S(", not accepted"));
	else
		buf_printf(out, ", %s of them accepted", words_number(s->accepted, number));
	if (s->accepted == 0 || s->recipients == 0)
		return;
	buf_add(out, S(" for "));
	if (s->accepted_recipients != s->recipients)
		buf_printf(out, "%s of ", words_number(s->accepted_recipients, number));
	words_count(out, s->recipients, "recipient", "recipients");
}

static enum style
tone(const struct rec_session *s)
{
	if (!s->closed)
		return STYLE_PLAIN;
	if (s->messages == 0)
		return s->errors > 0 ? STYLE_LATER : STYLE_PLAIN;
	if (s->accepted == s->messages)
		return s->accepted_recipients == s->recipients ? STYLE_GOOD : STYLE_LATER;
	return STYLE_BAD;
}

static void
say_session(struct session_title *t, const struct rec_session *s, const struct when *when)
{
	char client[ENDPOINT_TEXT], server[ENDPOINT_TEXT], text[NSTIME_TEXT];

	buf_printf(&t->ends, "session %" PRIu64, s->number);
	if (s->protocol != NULL && strcmp(s->protocol, "smtp") != 0)
		buf_printf(&t->ends, " %s", s->protocol);
	buf_printf(&t->ends, "  %s → %s", endpoint_text(&s->client, client), endpoint_text(&s->server, server));
	buf_text(&t->time, when_date(when, s->time, text));
	say_messages(&t->result, s);
	if (when->format != TIME_NONE && s->closed)
		buf_printf(&t->result, " · %s s", nstime_seconds(s->end - s->time, 3, text));
	t->open = !s->closed;
	buf_text(&t->shortcoming, s->closed ? rec_session_shortcoming(s) : " · goes on");
	t->tone = tone(s);
}

static void
say_attempt(struct session_title *t, const struct rec_attempt *a, const struct when *when)
{
	char client[ADDR_TEXT], server[ENDPOINT_TEXT], text[NSTIME_TEXT];

	for (const char *name = attempt_name(a->outcome); *name != '\0'; name++)
		buf_add_byte(&t->ends, *name == '-' ? ' ' : (uint8_t)*name);
	buf_printf(&t->ends, "  %s → %s", addr_text(&a->client, client), endpoint_text(&a->server, server));
	buf_text(&t->time, when_date(when, a->first, text));
	buf_add(&t->result, S("no session came of it"));
	t->tone = STYLE_BAD;
}

/* Only the model's few words are left of it. */
static void
say_gone(struct session_title *t, const struct item *item)
{
	buf_add(&t->ends, item != NULL && item->kind == ITEM_ATTEMPT ? S("attempt") : S("session"));
	if (item != NULL && item->number != 0)
		buf_printf(&t->ends, " %" PRIu64, item->number);
	buf_add(&t->result, S("let go to make room for what came later; --spool-max keeps more"));
	t->tone = STYLE_LOST;
}

static void
read_again(struct session_title *t, struct app *app)
{
	const struct when *when = &app_options(app)->when;
	struct unit unit;

	buf_clear(&t->ends);
	buf_clear(&t->time);
	buf_clear(&t->result);
	buf_clear(&t->shortcoming);
	t->open = false;
	t->tone = STYLE_PLAIN;
	if (!model_read(app_model(app), t->item, app_desk(app), &unit)) {
		say_gone(t, model_item(app_model(app), t->item));
	} else if (unit.attempt != NULL)
		say_attempt(t, unit.attempt, when);
	else if (unit.session != NULL)
		say_session(t, unit.session, when);
}

/* How long it has gone on: to the last thing that was said. */
static int
draw_so_far(const struct dossier *d, struct area area, int x)
{
	size_t n = d != NULL ? dossier_rows(d) : 0;
	char text[NSTIME_TEXT];

	if (n == 0)
		return x;
	x += canvas_text(area, x, 1, area.width - 1 - x, STYLE_PLAIN, S(" · "));
	nstime_seconds(dossier_row(d, n - 1).time - dossier_start(d), 3, text);
	x += canvas_text(area, x, 1, area.width - 1 - x, STYLE_PLAIN, slice_of(text));
	return x + canvas_text(area, x, 1, area.width - 1 - x, STYLE_PLAIN, S(" s"));
}

/* With those of its messages. */
static void
draw_findings(const struct dossier *d, struct area area, int x)
{
	size_t n = d != NULL ? dossier_findings(d) : 0;
	struct buf words;

	if (n == 0)
		return;
	buf_init(&words, LIMIT_PROMPT);
	buf_add(&words, S(" · "));
	words_count(&words, n, "finding", "findings");
	canvas_text(area, x, 1, area.width - 1 - x, STYLE_PLAIN, buf_slice(&words));
	buf_fini(&words);
}

int
session_title_draw(struct session_title *t, struct app *app, struct area area)
{
	uint32_t item = app_session(app);
	int columns, x;

	if (area.height < VERY_LOW || item == NO_ITEM)
		return 0;
	if (t->item != item || t->version != model_item_version(app_model(app), item) || t->format != app_options(app)->when.format) {
		t->item = item;
		t->format = app_options(app)->when.format;
		t->version = model_item_version(app_model(app), item);
		read_again(t, app);
	}
	columns = canvas_text(area, 1, 0, area.width - 2, STYLE_TITLE, buf_slice(&t->ends));
	if (columns + 3 + text_columns(buf_slice(&t->time)) < area.width)
		canvas_right(area, columns + 2, 0, area.width - columns - 3, STYLE_DIM, buf_slice(&t->time));
	if (area.height < LOW)
		return 1;
	x = 1 + canvas_text(area, 1, 1, area.width - 2, t->tone, buf_slice(&t->result));
	if (t->open && t->format != TIME_NONE)
		x = draw_so_far(app_dossier(app), area, x);
	x += canvas_text(area, x, 1, area.width - 1 - x, STYLE_PLAIN, buf_slice(&t->shortcoming));
	draw_findings(app_dossier(app), area, x);
	return 2;
}

void
session_status(struct app *app, size_t cursor, size_t count, bool follows, struct buf *out)
{
	const struct dossier *d = app_dossier(app);

	if (d == NULL)
		return;
	if (dossier_percent(d) < 100)
		buf_printf(out, "reading %u %%", dossier_percent(d));
	else if (count > 0)
		buf_printf(out, "%s%zu/%zu", follows ? "follows " : "", cursor + 1, count);
}
