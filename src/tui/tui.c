#include "tui.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/machine.h"
#include "model/list/list.h"
#include "terminal/curses.h"
#include "terminal/rescue.h"
#include "terminal/signals.h"

/* Whoever types is answered at once; all else takes turns. */
#define NEWS_APART	(50 * NSTIME_MS)	/* news are taken so often, at most … */
#define NEWS_TURN	(8 * NSTIME_MS)		/* … and so long */
#define WORK_TURN	(10 * NSTIME_MS)
#define DRAW_APART	(40 * NSTIME_MS)

struct tui {
	struct buf said;		/* of the terminal, to be told on the screen */
};

struct loop {
	const struct tui_options *o;
	struct app *app;
	struct canvas *canvas;
	nstime taken, drawn;		/* when, last */
	bool news;			/* there are some, as far as is known */
	bool news_over;			/* and there will be no more */
	bool busy;			/* the app has work to do */
	bool redraw;			/* whether the app is stale or not */
	bool ended;
	int signal;			/* that ended it, or 0 */
};

bool
tui_is_possible(struct buf *why)
{
	return curses_is_possible(why);
}

/* --- waiting --- */

static nstime
earlier(nstime a, nstime b)
{
	return a == NSTIME_NONE || (b != NSTIME_NONE && b < a) ? b : a;
}

/* When the loop must go on although nothing happens, or NSTIME_NONE. */
static nstime
due(const struct loop *l, nstime now)
{
	nstime when = curses_key_due();

	if (l->busy || l->redraw)
		return now;
	if (app_is_stale(l->app))
		when = earlier(when, l->drawn + DRAW_APART);
	if (!l->news_over && !app_is_full(l->app) && (l->news || now < l->taken + NEWS_APART))
		when = earlier(when, l->taken + NEWS_APART);
	return when;
}

/* Milliseconds for poll(), rounded up so that it is over when it returns. */
static int
milliseconds(nstime when, nstime now)
{
	if (when == NSTIME_NONE)
		return -1;
	return when <= now ? 0 : (int)((when - now + NSTIME_MS - 1) / NSTIME_MS);
}

static void
empty(int fd)
{
	char bytes[64];

	while (read(fd, bytes, sizeof bytes) == sizeof bytes)
		;
}

/* News wake nobody while they are not to be taken yet. */
static void
wait_for_something(struct loop *l)
{
	nstime now = machine_steady();
	bool open = !l->news_over && !app_is_full(l->app) && now >= l->taken + NEWS_APART;
	struct pollfd fds[] = {
		{ .fd = curses_fd(), .events = POLLIN },
		{ .fd = signals_fd(), .events = POLLIN },
		{ .fd = rescue_hushed(), .events = POLLIN },
		{ .fd = open ? l->o->wake : -1, .events = POLLIN },
	};

	if (poll(fds, sizeof fds / sizeof fds[0], milliseconds(due(l, now), now)) <= 0)
		return;
	if (fds[3].revents != 0) {
		empty(l->o->wake);
		l->news = true;
	}
}

/* --- news, and what was said on stderr meanwhile --- */

static void
take_news(struct loop *l)
{
	nstime now = machine_steady(), until = now + NEWS_TURN;
	void *batch;

	if (!l->news || l->news_over || now < l->taken + NEWS_APART)
		return;
	while (!app_is_full(l->app)) {
		enum channel_result result = channel_take(l->o->news, 0, &batch);

		if (result == CHANNEL_ITEM) {
			struct news_batch *news = batch;

			app_take(l->app, &news);
			if (machine_steady() < until)
				continue;
			return;			/* there may be more: soon, but keys first */
		}
		l->news = false;
		l->news_over = result == CHANNEL_CLOSED;
		l->taken = machine_steady();
		return;
	}
}

/* The last line of it is shown; all of it stands on the terminal when the screen is left. */
static void
listen(struct loop *l)
{
	slice said = slice_chomp(rescue_listen()), line, more;

	while (slice_cut(said, '\n', &line, &more))
		said = more;
	if (slice_starts(said, S("smtptap: ")))
		said = slice_drop(said, strlen("smtptap: "));
	if (said.n > 0)
		app_say(l->app, STYLE_LATER, "%.*s", (int)said.n, (const char *)said.p);
}

/* --- drawing --- */

static void
draw(struct loop *l)
{
	int width, height, x, y;

	curses_size(&width, &height);
	if (width != l->canvas->width || height != l->canvas->height)
		canvas_resize(l->canvas, width, height);
	else
		canvas_clear(l->canvas);
	app_draw(l->app, l->canvas);
	app_cursor(l->app, &x, &y);
	curses_show(l->canvas, x, y);
	l->drawn = machine_steady();
	l->redraw = false;
}

/* --- leaving for a while --- */

/* A terminal that has gone ends the screen, whatever else SIGHUP means. */
static bool
is_for_us(const struct loop *l)
{
	return curses_is_gone() || l->o->hangup == NULL || !l->o->hangup();
}

static void
hear_signals(struct loop *l, bool outside)
{
	int number;

	while ((number = signals_next()) != 0)
		switch (number) {
		case SIGWINCH:
			l->redraw = true;
			break;
		case SIGTSTP:
			curses_leave();
			signals_stop(false);
			if (!outside)
				curses_return();
			l->redraw = true;
			break;
		case SIGCONT:
			if (!outside)
				curses_return();
			l->redraw = true;
			break;
		case SIGHUP:
			if (!is_for_us(l))
				break;
			l->ended = true;
			l->signal = number;
			break;
		case SIGINT:
			if (outside)		/* ^C was meant for the program that runs there */
				break;
			/* FALLTHROUGH */
		default:
			l->ended = true;
			l->signal = number;
		}
}

/* Until a key is pressed. News go on being taken: a reader must not stop the capture. */
static void
wait_for_key(struct loop *l)
{
	struct mouse mouse;

	fputs("\n-- press any key --", stdout);
	fflush(stdout);
	curses_single_keys();
	while (!l->ended && curses_key(machine_steady(), &mouse) == KEY_NOTHING && !curses_is_gone()) {
		l->busy = l->redraw = false;
		wait_for_something(l);
		hear_signals(l, true);
		take_news(l);
	}
	fputs("\n", stdout);
	fflush(stdout);
}

static void
go_outside(struct loop *l)
{
	curses_leave();
	if (app_outside(l->app))
		wait_for_key(l);
	hear_signals(l, true);
	curses_return();
	l->redraw = true;
}

static void
suspend(struct loop *l)
{
	curses_leave();
	signals_stop(true);
	curses_return();
	l->redraw = true;
}

static void
set_theme(struct loop *l)
{
	char name[32];
	slice chosen = config_get(l->o->app.config, "theme", "terminal");

	snprintf(name, sizeof name, "%.*s", (int)slice_take(chosen, sizeof name - 1).n, (const char *)chosen.p);
	curses_theme(theme_find(name), l->o->monochrome);
	l->redraw = true;
}

static void
obey(struct loop *l)
{
	enum app_wish wish;

	while (!l->ended && (wish = app_wish(l->app)) != APP_NOTHING)
		switch (wish) {
		case APP_QUIT:
			l->ended = true;
			break;
		case APP_SUSPEND:
			suspend(l);
			break;
		case APP_REDRAW:
			curses_redraw();
			l->redraw = true;
			break;
		case APP_MOUSE_ON:
		case APP_MOUSE_OFF:
			curses_mouse(wish == APP_MOUSE_ON);
			break;
		case APP_PRINT:
		case APP_PIPE:
			go_outside(l);
			break;
		case APP_THEME:
			set_theme(l);
			break;
		case APP_NOTHING:
			break;
		}
}

/* --- the loop --- */

/* All keys that are there. Told: whether there was one. */
static bool
take_keys(struct loop *l)
{
	struct mouse mouse;
	uint32_t key;
	bool any = false;

	while (!l->ended && (key = curses_key(machine_steady(), &mouse)) != KEY_NOTHING) {
		any = true;
		if (key == KEY_SPECIAL)
			app_mouse(l->app, &mouse);
		else
			app_key(l->app, key);
		obey(l);
	}
	if (curses_is_gone() && !l->ended) {
		l->ended = true;
		l->signal = SIGHUP;
	}
	return any;
}

static void
turn(struct loop *l)
{
	bool typed;

	hear_signals(l, false);
	typed = take_keys(l);
	listen(l);
	take_news(l);
	l->busy = app_work(l->app, machine_steady() + WORK_TURN);
	obey(l);
	if (!l->ended && (l->redraw || (app_is_stale(l->app) && (typed || machine_steady() >= l->drawn + DRAW_APART))))
		draw(l);
}

struct tui *
tui_open(bool monochrome)
{
	struct tui *t = xcalloc(1, sizeof *t);

	buf_init(&t->said, 1024);
	signals_begin();
	if (curses_open(&(struct curses_options){ .monochrome = monochrome }, &t->said))
		return t;
	warn("%.*s", (int)t->said.n, (const char *)t->said.p);
	tui_close(&t);
	return NULL;
}

void
tui_close(struct tui **tp)
{
	struct tui *t = *tp;

	if (t == NULL)
		return;
	curses_close();
	signals_end();
	rescue_speak();
	buf_fini(&t->said);
	free(t);
	*tp = NULL;
}

int
tui_run(struct tui *t, const struct tui_options *options)
{
	struct loop l = { .o = options, .news = true, .busy = true, .redraw = true };

	l.app = app_new(&options->app);
	l.canvas = canvas_new(80, 24);
	if (t->said.n > 0)
		app_say(l.app, STYLE_LATER, "%.*s", (int)t->said.n, (const char *)t->said.p);
	set_theme(&l);
	while (!l.ended) {
		turn(&l);
		if (!l.ended)
			wait_for_something(&l);
	}
	canvas_free(&l.canvas);
	app_free(&l.app);
	return l.signal;
}
