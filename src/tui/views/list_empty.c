#include "list_empty.h"

#include "base/limits.h"
#include "base/words.h"

enum { LEFT = 2 };

/* Broken between words. Returns the line below. */
static int
draw_sentence(struct area area, int y, enum style style, slice text)
{
	int room = area.width - 2 * LEFT;

	while (text.n > 0 && y < area.height && room > 0) {
		size_t n = 0, blank = 0;

		for (; n < text.n && text_columns(slice_take(text, n + 1)) <= room; n++)
			if (text.p[n] == ' ')
				blank = n;
		if (n < text.n && blank > 0)
			n = blank;
		canvas_text(area, LEFT, y++, room, style, slice_take(text, n > 0 ? n : 1));
		text = slice_trim(slice_drop(text, n > 0 ? n : 1));
	}
	return y;
}

static int
draw_lines(struct area area, const char *title, slice about)
{
	int y = area.height / 3;

	y = draw_sentence(area, y, STYLE_TITLE, slice_of(title));
	return draw_sentence(area, y, STYLE_DIM, about);
}

static const char *
kind_name(const struct app *app, size_t n)
{
	if (list_kind_of(app_list((struct app *)(uintptr_t)app)) == LIST_MESSAGES)
		return n == 1 ? "message" : "messages";
	return n == 1 ? "session" : "sessions";
}

static void
add_packets(struct app *app, struct buf *out)
{
	const struct news_progress *p = model_progress(app_model(app));

	words_count(out, p != NULL ? p->packets : 0, "packet", "packets");
}

/* There are some, and all are hidden. */
static void
draw_none_match(struct app *app, struct area area)
{
	size_t total = list_total(app_list(app));
	char number[WORDS_NUMBER];
	struct buf title;

	buf_init(&title, LIMIT_PROMPT);
	buf_printf(&title, "0 of %s %s %s", words_number(total, number), kind_name(app, total),
	    app_filter(app) == NULL ? "failed" : total == 1 ? "matches" : "match");
	buf_add_byte(&title, '\0');
	if (app_filter(app) == NULL)
		draw_lines(area, (const char *)title.p, S("Nothing failed and nothing is suspicious. ! shows all."));
	else if (app_trouble(app))
		draw_lines(area, (const char *)title.p, S("Only what failed is asked about: ! shows all that matches, \\ changes the filter."));
	else
		draw_lines(area, (const char *)title.p, S("\\ changes the filter; an empty one shows all."));
	if (list_unread(app_list(app)) > 0) {
		buf_clear(&title);
		words_count(&title, list_unread(app_list(app)), "record", "records");
		buf_text(&title, " had to make room for younger ones (--mem), and could not be asked about.");
		draw_sentence(area, area.height / 3 + 3, STYLE_LOST, buf_slice(&title));
	}
	buf_fini(&title);
}

static void
draw_nothing_yet(struct app *app, struct area area)
{
	bool live = app_options(app)->live;
	struct buf about;

	buf_init(&about, KiB);
	add_packets(app, &about);
	buf_text(&about, live ? " so far, and no mail among them" : " read so far");
	buf_text(&about, live ? ". Sessions appear here as soon as they begin." : ".");
	draw_lines(area, live ? "Waiting for mail" : "Reading", buf_slice(&about));
	buf_fini(&about);
}

static void
draw_nothing(struct app *app, struct area area)
{
	const struct news_progress *p = model_progress(app_model(app));
	bool messages = list_kind_of(app_list(app)) == LIST_MESSAGES && model_first(app_model(app)) < model_end(app_model(app));
	struct buf about;

	buf_init(&about, KiB);
	if (messages) {
		draw_lines(area, "No message", S("No session got as far as MAIL. m shows the sessions."));
	} else if (p != NULL && p->nothing != NULL) {
		draw_lines(area, "No mail", slice_of(p->nothing));
	} else {
		add_packets(app, &about);
		buf_text(&about, " were read, and no SMTP was among them.");
		draw_lines(area, "No mail", buf_slice(&about));
	}
	buf_fini(&about);
}

void
list_empty_draw(struct app *app, struct area area)
{
	if (list_is_busy(app_list(app)) && list_total(app_list(app)) > 0)
		draw_lines(area, "Looking …", S("Nothing was found so far."));
	else if (list_total(app_list(app)) > 0)
		draw_none_match(app, area);
	else if (!model_over(app_model(app)))
		draw_nothing_yet(app, area);
	else
		draw_nothing(app, area);
}
