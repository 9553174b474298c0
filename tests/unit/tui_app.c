/* The screen as a value: pausing loses nothing, wishes are told once, the way back ends in the list, questions hear only their letters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tui/app.h"

struct world { struct vault *vault; struct model *model; struct config *config; struct app *app; struct canvas *canvas; };

static int
set_up_as(void **state, bool live)
{
	struct world *w = calloc(1, sizeof *w);

	w->vault = vault_new(MiB);
	w->model = model_new(w->vault, MiB);
	w->config = config_new(false);
	w->app = app_new(&(struct app_options){ .model = w->model, .config = w->config, .title = S("none.pcap"), .live = live });
	w->canvas = canvas_new(80, 24);
	app_draw(w->app, w->canvas);
	*state = w;
	return 0;
}

static int
set_up(void **state)
{
	return set_up_as(state, false);
}

static int
set_up_live(void **state)
{
	return set_up_as(state, true);
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	app_free(&w->app);
	canvas_free(&w->canvas);
	config_free(&w->config);
	model_free(&w->model);
	vault_free(&w->vault);
	free(w);
	return 0;
}

static void
take(struct world *w, uint64_t session)
{
	struct news_batch *batch = news_batch_new();

	news_add(batch, &(struct news){ .kind = NEWS_SESSION, .session = session, .over = true });
	app_take(w->app, &batch);
	assert_null(batch);
}

static bool
holds(slice line, slice words)
{
	for (size_t i = 0; i + words.n <= line.n; i++)
		if (slice_starts(slice_drop(line, i), words))
			return true;
	return false;
}

static void
expect_line(struct world *w, int y, const char *words)
{
	struct buf out;
	slice line, rest;

	buf_init(&out, MiB);
	app_draw(w->app, w->canvas);
	canvas_print(w->canvas, &out, false);
	rest = buf_slice(&out);
	for (int i = 0; i <= y; i++)
		slice_cut(rest, '\n', &line, &rest);
	if (!holds(line, slice_of(words)))
		fail_msg("line %d is \"%.*s\", and lacks \"%s\"", y, (int)line.n, (const char *)line.p, words);
	buf_fini(&out);
}

static void
test_pause(void **state)
{
	struct world *w = *state;

	take(w, 1);
	app_key(w->app, 'p');
	for (uint64_t i = 0; i < LIMIT_BATCHES; i++) {
		assert_false(app_is_full(w->app));
		take(w, 2 + i);
	}
	assert_true(app_is_full(w->app));
	take(w, 100);				/* whoever does not ask loses nothing either */
	assert_int_equal(model_end(w->model), 1);
	expect_line(w, 0, "paused");
	app_key(w->app, 'p');
	assert_false(app_is_full(w->app));
	assert_int_equal(model_end(w->model), 2 + LIMIT_BATCHES);
	app_key(w->app, 'p');			/* what is kept when the screen is left is freed */
	take(w, 101);
}

/* Live, whoever reads never waits: the screen goes on by itself. */
static void
test_pause_live(void **state)
{
	struct world *w = *state;

	app_key(w->app, 'p');
	for (uint64_t i = 1; i < LIMIT_PAUSED; i++) {
		take(w, i);
		assert_false(app_is_full(w->app));
	}
	assert_int_equal(model_end(w->model), 0);
	expect_line(w, 0, "paused");
	take(w, LIMIT_PAUSED);
	assert_int_equal(model_end(w->model), LIMIT_PAUSED);
	expect_line(w, 23, "The screen goes on");
}

static void
test_wishes(void **state)
{
	struct world *w = *state;

	assert_int_equal(app_wish(w->app), APP_NOTHING);
	app_key(w->app, KEY_CONTROL('L'));
	app_key(w->app, 'M');
	assert_int_equal(app_wish(w->app), APP_REDRAW);
	assert_int_equal(app_wish(w->app), APP_MOUSE_ON);
	assert_int_equal(app_wish(w->app), APP_NOTHING);
	assert_false(app_outside(w->app));
	app_key(w->app, 'y');			/* no session: nothing to print */
	assert_int_equal(app_wish(w->app), APP_NOTHING);
}

static void
test_way_back(void **state)
{
	struct world *w = *state;

	app_key(w->app, '7');
	app_key(w->app, '6');
	app_key(w->app, '7');
	app_key(w->app, '?');
	app_key(w->app, 'q');			/* help, statistics, findings */
	app_key(w->app, 'q');
	app_key(w->app, 'q');
	assert_int_equal(app_wish(w->app), APP_NOTHING);
	app_key(w->app, KEY_ESCAPE);
	assert_int_equal(app_wish(w->app), APP_NOTHING);
	expect_line(w, 23, "q leaves smtptap");
	app_key(w->app, 'q');
	assert_int_equal(app_wish(w->app), APP_QUIT);
}

static void
test_list_has_no_way_back(void **state)
{
	struct world *w = *state;

	app_key(w->app, '7');
	app_key(w->app, '1');
	app_key(w->app, 'q');
	assert_int_equal(app_wish(w->app), APP_QUIT);
}

/* Nothing can be remembered: that is said once, and goes with the next key. */
static void
test_vault_trouble(void **state)
{
	struct world *w;

	setenv("TMPDIR", "/nowhere/at/all", 1);
	set_up(state);
	unsetenv("TMPDIR");
	w = *state;
	take(w, 1);
	expect_line(w, 23, "/nowhere/at/all");
	app_key(w->app, 'j');
	take(w, 2);
	expect_line(w, 23, "? help");
	tear_down(state);
}

static char answered;

static void
answer(void *self, char letter)
{
	(void)self;
	answered = letter;
}

static void
test_questions(void **state)
{
	struct world *w = *state;

	answered = '?';
	app_ask(w->app, "Really?", "yn", answer, NULL);
	app_key(w->app, 'q');
	app_key(w->app, KEY_PASTED | 'y');
	assert_int_equal(answered, '?');
	expect_line(w, 23, "Really? y n");
	app_key(w->app, 'n');
	assert_int_equal(answered, 'n');
	app_ask(w->app, "Really?", "yn", answer, NULL);
	app_key(w->app, KEY_ESCAPE);
	assert_int_equal(answered, 0);
}

/* Pasted text is text: no key of it does anything. */
static void
test_paste(void **state)
{
	static const char pasted[] = "q:Q/x";
	struct world *w = *state;

	for (const char *c = pasted; *c != '\0'; c++)
		app_key(w->app, KEY_PASTED | (uint32_t)*c);
	assert_int_equal(app_wish(w->app), APP_NOTHING);
	app_key(w->app, '/');
	for (const char *c = pasted; *c != '\0'; c++)
		app_key(w->app, KEY_PASTED | (uint32_t)*c);
	app_key(w->app, KEY_PASTED | KEY_RETURN);
	app_key(w->app, KEY_PASTED | 'y');
	expect_line(w, 23, "q:Q/x y");
	assert_int_equal(app_wish(w->app), APP_NOTHING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pause, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pause_live, set_up_live, tear_down),
		cmocka_unit_test_setup_teardown(test_wishes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_way_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_list_has_no_way_back, set_up, tear_down),
		cmocka_unit_test(test_vault_trouble),
		cmocka_unit_test_setup_teardown(test_questions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_paste, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
