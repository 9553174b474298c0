/*
 * The screen, before hostile conversations and under any keys: the input is a
 * talk as tests/unit/play.h reads it, and among its lines `K KEYS` (as
 * tests/tools/screen reads them), what is pressed meanwhile; `= W H` is the
 * size. At the end every view is looked at, wide and narrow. Oracles: every
 * cell holds a character that may be shown; what is not stale is drawn as
 * before; no credential is shown.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/machine.h"
#include "model/recorder/recorder.h"
#include "record/fold.h"
#include "tests/unit/play.h"
#include "tui/app.h"
#include "tui/glyph.h"
#include "tui/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { INPUT_MAX = 16 * 1024, KEYS_MOST = 64, LOOKS = 8, SIZE_MOST = 220 };

static const slice secret = SLICE("hunter2");
static const struct tcp_facts tcp = { .first = 999 * NSTIME_S, .handshake = NSTIME_MS };

struct world {
	struct vault *vault;
	struct model *model;
	struct config *config;
	struct app *app;
	struct canvas *canvas;
	struct fold *fold;
	struct sink sink;
	bool opened;			/* the session was told */
	unsigned keys;			/* pressed */
	bool once;			/* the input has the word once … */
	bool has_secret;		/* … and it was heard as a credential */
};

static bool
holds(slice text, slice words)
{
	for (size_t i = 0; i + words.n <= text.n; i++)
		if (slice_starts(slice_drop(text, i), words))
			return true;
	return false;
}

/* --- what is heard --- */

static bool
give(void *self, struct news_batch *batch)
{
	struct world *w = self;

	app_take(w->app, &batch);
	return true;
}

static int
hear_record(void *self, const struct record *record)
{
	struct world *w = self;

	return w->sink.ops->record(w->sink.self, record);
}

/* As the engine publishes: of a beginning the records hear first. */
static void
publish(struct world *w, struct event event)
{
	event.at.session = 1;
	if (event.kind == EV_OPEN)
		fold_event(w->fold, &event);
	if (w->sink.wants & WANT(event.kind))
		w->sink.ops->event(w->sink.self, &event);
	if (event.kind != EV_OPEN)
		fold_event(w->fold, &event);
}

static void
hear(void *self, const struct event *event)
{
	struct world *w = self;

	if (!w->opened)
		publish(w, (struct event){ .kind = EV_OPEN, .at = { .time = event->at.time },
		    .u.open = { .protocol = "smtp", .client = { .port = 51234 }, .server = { .port = 25 }, .tcp = &tcp } });
	w->opened = true;
	w->has_secret |= w->once && event->kind == EV_COMMAND && event->at.secret && holds(event->u.command.line, secret);
	publish(w, *event);
}

static void
hear_close(struct world *w, nstime now)
{
	if (w->opened)
		publish(w, (struct event){ .kind = EV_CLOSE, .at = { .time = now }, .u.close = { .why = WHY_FIN, .tcp = &tcp } });
}

/* Nothing is saved, printed or run. */
static struct save *
save_nothing(void *self, struct model *model, const struct save_request *request, struct buf *why)
{
	(void)self;
	(void)model;
	CHECK(request->path != NULL && request->format < SAVE_FORMATS);
	buf_text(why, "nothing is saved here");
	return NULL;
}

static void
print_nothing(void *self, struct model *model, const uint32_t *item, size_t n)
{
	(void)self;
	(void)model;
	(void)item;
	(void)n;
}

static const struct host host = { .save = save_nothing, .print = print_nothing };

static void
open_world(struct world *w)
{
	struct fold_user user = { w, hear_record };
	struct recorder_options o = { .give = give, .self = w };

	w->vault = o.vault = vault_new(4 * MiB);
	w->model = model_new(w->vault, MiB);
	w->config = config_new(false);
	w->app = app_new(&(struct app_options){ .model = w->model, .config = w->config, .host = &host, .title = S("fuzz"), .no_pipe = "off" });
	w->canvas = canvas_new(80, 24);
	w->fold = fold_new(&user, recorder_keeps(false));
	o.fold = w->fold;
	recorder_open(&o, &w->sink);
}

static void
close_world(struct world *w)
{
	app_free(&w->app);
	canvas_free(&w->canvas);
	config_free(&w->config);
	model_free(&w->model);
	vault_free(&w->vault);
	fold_free(&w->fold);
}

/* --- what is seen --- */

static void
check_cells(const struct canvas *c)
{
	for (int i = 0; i < c->width * c->height; i++) {
		CHECK(c->cell[i].character == 0 || glyph_safe(c->cell[i].character) == c->cell[i].character);
		CHECK(c->cell[i].style < STYLES);
	}
}

/* Works and draws until nothing changes; then drawing once more changes nothing. */
static void
look(struct world *w)
{
	struct buf one, other;

	for (int i = 0; i < LOOKS && (i == 0 || app_is_stale(w->app)); i++) {
		while (app_work(w->app, machine_steady() + NSTIME_MS))
			;
		app_draw(w->app, w->canvas);
	}
	check_cells(w->canvas);
	buf_init(&one, 4 * MiB);
	buf_init(&other, 4 * MiB);
	canvas_print(w->canvas, &one, true);
	CHECK(!w->has_secret || !holds(buf_slice(&one), secret));
	if (!app_is_stale(w->app)) {
		app_draw(w->app, w->canvas);
		canvas_print(w->canvas, &other, true);
		CHECK(slice_eq(buf_slice(&one), buf_slice(&other)));
	}
	buf_fini(&one);
	buf_fini(&other);
}

/* --- what is done --- */

static void
press(struct world *w, slice names)
{
	slice name;

	while (names.n > 0 && w->keys < KEYS_MOST) {
		uint32_t key;

		slice_cut(names, ' ', &name, &names);
		key = key_parse((const char *)name.p, name.n);
		if (key == KEY_NOTHING || key == '@')
			continue;		/* no filter reads a file */
		w->keys++;
		app_key(w->app, key);
		while (app_wish(w->app) != APP_NOTHING)
			app_outside(w->app);
	}
	look(w);
}

static void
resize(struct world *w, slice size)
{
	slice width, height;
	uint64_t x, y;

	slice_cut(size, ' ', &width, &height);
	if (!slice_number(width, &x) || !slice_number(height, &y) || x == 0 || y == 0 || x > SIZE_MOST || y > SIZE_MOST)
		return;
	canvas_resize(w->canvas, (int)x, (int)y);
	app_draw(w->app, w->canvas);
	look(w);
}

static void
look_at_all(struct world *w)
{
	static const char *const walk[] = {
		"Esc Esc Esc 1", "G Enter", "3 G", "x", "4", "Tab G", "x", "r", "5 r", "6 G", "Enter", "7", "8", "? G", "1 m",
	};

	w->keys = 0;
	for (size_t i = 0; i < sizeof walk / sizeof walk[0]; i++)
		press(w, slice_of(walk[i]));
}

static void
play(struct world *w, struct play *p, slice talk)
{
	slice line;

	while (talk.n > 0 && !p->closed) {
		slice_cut(talk, '\n', &line, &talk);
		if (slice_starts(line, S("K "))) {
			w->sink.ops->tick(w->sink.self, p->now.time);
			press(w, slice_drop(line, 2));
		} else if (slice_starts(line, S("= "))) {
			resize(w, slice_drop(line, 2));
		} else {
			play_line(p, line, 0);
		}
	}
	play_talk(p, SLICE_NONE, 0);
}

/* How often the first letters of the word stand in the input. */
static size_t
mentions(slice talk)
{
	size_t n = 0;

	for (size_t i = 0; i < talk.n; i++)
		n += slice_starts(slice_drop(talk, i), slice_take(secret, 6));
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { .once = mentions((slice){ data, size }) == 1 };
	struct rec_stats stats = { .first = NSTIME_S, .last = NSTIME_S };
	struct play p;

	if (size > INPUT_MAX)
		return 0;
	open_world(&w);
	play_init(&p, w.sink.wants | fold_wants(recorder_keeps(false)));
	p.watch = hear;
	p.self = &w;
	play(&w, &p, (slice){ data, size });
	hear_close(&w, p.now.time);
	fold_finish(w.fold, &stats);
	w.sink.ops->close(w.sink.self, false);
	play_fini(&p);
	canvas_resize(w.canvas, 80, 24);
	app_draw(w.app, w.canvas);
	look_at_all(&w);
	canvas_resize(w.canvas, 33, 7);
	app_draw(w.app, w.canvas);
	look_at_all(&w);
	close_world(&w);
	return 0;
}
