/*
 * options_dialog.c - what the screen looks like, to choose from: a table of
 * options, each with its values. A change shows at once, and is remembered.
 */
#include "parts.h"

#include <string.h>

struct choice { const char *name, *about; };

struct option {
	const char *name, *title;
	const struct choice *value;	/* NULL: the themes */
	const char *(*get)(const struct app *);
	void (*apply)(struct app *, size_t value);
};

/* --- themes --- */

static struct choice
theme_value(size_t n)
{
	return (struct choice){ themes[n].name, themes[n].about };
}

static const char *
get_theme(const struct app *app)
{
	const struct theme *theme;
	slice name = config_get(app->options.config, "theme", themes[0].name);
	char buf[32];

	if (name.n >= sizeof buf)
		return themes[0].name;
	memcpy(buf, name.p, name.n);
	buf[name.n] = '\0';
	theme = theme_find(buf);
	return theme != NULL ? theme->name : themes[0].name;
}

static void
apply_theme(struct app *app, size_t value)
{
	config_set(app->options.config, "theme", slice_of(themes[value].name));
	wish_for(app, APP_THEME);
}

/* --- times --- */

/* In the order of enum time_format. */
static const struct choice times[] = {
	{ "relative", "since the session began" },
	{ "local", "clock time of this machine's zone" },
	{ "local-date", "the same with its date" },
	{ "utc", "clock time, UTC" },
	{ "utc-date", "the same with its date" },
	{ "epoch", "seconds since 1970" },
	{ "delta", "since the line before" },
	{ "none", "no times" },
	{ NULL, NULL }
};

static const char *
get_times(const struct app *app)
{
	return times[app->options.when.format].name;
}

static void
apply_times(struct app *app, size_t value)
{
	app->options.when.format = (enum time_format)value;
	config_set(app->options.config, "times", slice_of(times[value].name));
}

/* --- switches --- */

static const struct choice preview[] = { { "yes", "the transcript stands below the list" }, { "no", "the list alone" }, { NULL, NULL } };

static const char *
get_preview(const struct app *app)
{
	return slice_eq(config_get(app->options.config, "preview", "yes"), S("no")) ? "no" : "yes";
}

static void
apply_preview(struct app *app, size_t value)
{
	config_set(app->options.config, "preview", slice_of(preview[value].name));
}

static const struct choice mouse[] = {
	{ "off", "the terminal's own copying works" }, { "on", "click, double click and wheel" }, { NULL, NULL }
};

static const char *
get_mouse(const struct app *app)
{
	return app->mouse ? "on" : "off";
}

/* Not remembered: it takes something away from the terminal. */
static void
apply_mouse(struct app *app, size_t value)
{
	app->mouse = value == 1;
	wish_for(app, app->mouse ? APP_MOUSE_ON : APP_MOUSE_OFF);
}

static const struct option options[] = {
	{ "theme", "Theme", NULL, get_theme, apply_theme },
	{ "times", "Times", times, get_times, apply_times },
	{ "preview", "Preview", preview, get_preview, apply_preview },
	{ "mouse", "Mouse", mouse, get_mouse, apply_mouse },
};
enum { OPTIONS = sizeof options / sizeof options[0] };

/* --- asked and set by name --- */

static struct choice
value_at(const struct option *o, size_t n)
{
	return o->value == NULL ? theme_value(n) : o->value[n];
}

static size_t
value_now(const struct app *app, const struct option *o)
{
	const char *now = o->get(app);
	size_t n = 0;

	while (value_at(o, n).name != NULL && strcmp(value_at(o, n).name, now) != 0)
		n++;
	return value_at(o, n).name != NULL ? n : 0;
}

static const struct option *
find_option(slice name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (slice_eq(slice_of(options[i].name), name))
			return &options[i];
	return NULL;
}

const char *
option_name(size_t n)
{
	return n < OPTIONS ? options[n].name : NULL;
}

const char *
option_value(slice name, size_t n)
{
	const struct option *o = find_option(name);

	return o != NULL ? value_at(o, n).name : NULL;
}

static void
apply(struct app *app, const struct option *o, size_t value)
{
	o->apply(app, value);
	pages_refresh(app);
	app->stale = true;
}

static void
add_choices(struct buf *out, const struct option *o)
{
	for (size_t n = 0; o != NULL ? value_at(o, n).name != NULL : n < OPTIONS; n++)
		buf_printf(out, "%s%s", n > 0 ? ", " : " ", o != NULL ? value_at(o, n).name : options[n].name);
}

bool
option_set(struct app *app, slice name, slice value, struct buf *why)
{
	const struct option *o = find_option(name);

	for (size_t n = 0; o != NULL && value_at(o, n).name != NULL; n++)
		if (slice_eq(slice_of(value_at(o, n).name), value)) {
			apply(app, o, n);
			return true;
		}
	buf_text(why, o != NULL ? o->title : "Options");
	buf_text(why, o != NULL ? " is one of" : " are");
	add_choices(why, o);
	return false;
}

/* --- the dialog --- */

enum { TITLE_COLUMNS = 10, VALUE_COLUMNS = 16, ABOUT_COLUMNS = 40 };

struct dialog { struct app *app; size_t cursor; };

static void
size(void *self, int *width, int *height)
{
	(void)self;
	*width = TITLE_COLUMNS + VALUE_COLUMNS + ABOUT_COLUMNS;
	*height = OPTIONS + 2;
}

static void
draw(void *self, struct area area)
{
	struct dialog *d = self;

	for (size_t i = 0; i < OPTIONS; i++) {
		struct choice now = value_at(&options[i], value_now(d->app, &options[i]));
		int y = (int)i;

		canvas_words(area, 0, y, STYLE_PLAIN, options[i].title);
		canvas_words(area, TITLE_COLUMNS, y, STYLE_DIM, "<");
		canvas_text(area, TITLE_COLUMNS + 2, y, VALUE_COLUMNS - 5, STYLE_TITLE, slice_of(now.name));
		canvas_words(area, TITLE_COLUMNS + VALUE_COLUMNS - 2, y, STYLE_DIM, ">");
		canvas_text(area, TITLE_COLUMNS + VALUE_COLUMNS, y, area.width - TITLE_COLUMNS - VALUE_COLUMNS, STYLE_DIM, slice_of(now.about));
		if (i == d->cursor)
			canvas_select(area, y);
	}
	canvas_words(area, 0, OPTIONS + 1, STYLE_DIM, "j k  which   h l  change   Esc  done");
}

static void
turn(struct dialog *d, bool backwards)
{
	const struct option *o = &options[d->cursor];
	size_t now = value_now(d->app, o), n = 0;

	while (value_at(o, n).name != NULL)
		n++;
	apply(d->app, o, (backwards ? now + n - 1 : now + 1) % n);
}

static bool
key(void *self, uint32_t k)
{
	struct dialog *d = self;

	switch (k) {
	case 'j': case KEY_CURSOR_DOWN: case KEY_TAB: d->cursor = (d->cursor + 1) % OPTIONS; break;
	case 'k': case KEY_CURSOR_UP: case KEY_TAB_BACK: d->cursor = (d->cursor + OPTIONS - 1) % OPTIONS; break;
	case 'h': case KEY_CURSOR_LEFT: turn(d, true); break;
	case 'l': case KEY_CURSOR_RIGHT: case ' ': turn(d, false); break;
	case 'q': case 'o': case KEY_ESCAPE: case KEY_RETURN: case KEY_F_8: return false;
	default: break;
	}
	return true;
}

static bool
mouse_at(void *self, const struct mouse *m)
{
	struct dialog *d = self;

	if (m->kind == MOUSE_CLICK && m->y >= 0 && m->y < OPTIONS) {
		d->cursor = (size_t)m->y;
		turn(d, m->x == TITLE_COLUMNS);
	}
	return true;
}

void
options_dialog_open(struct app *app)
{
	static const struct dialog_ops ops = {
		.title = "Options", .state_size = sizeof(struct dialog), .size = size, .draw = draw, .key = key, .mouse = mouse_at,
	};
	struct dialog *d = app_dialog(app, &ops);

	d->app = app;
}
