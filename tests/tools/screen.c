/*
 * screen.c - the screen without a terminal: keys in, cells out.
 *
 *	screen SCRIPT [OPTIONS] CAPTURE...
 *
 * Reads the captures as the program would, on this one thread, and plays the
 * script; tests/README.md is the manual of its statements. What `show` prints
 * is text that stands in goldens.
 */
#include "screen/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/machine.h"
#include "base/utf8.h"
#include "capture/privilege/runner.h"
#include "host/save.h"

enum { SETTLED = 10 };			/* drawings, at most */

_Noreturn void
complain(const struct screen *s, const char *what, slice about)
{
	fprintf(stderr, "%s:%u: %s: %.*s\n", s->name, s->line, what, (int)about.n, (const char *)about.p);
	exit(2);
}

/* --- what the loop does --- */

static const char *const wish_words[] = {
	[APP_QUIT] = "quit", [APP_SUSPEND] = "suspend", [APP_REDRAW] = "redraw", [APP_MOUSE_ON] = "mouse on",
	[APP_MOUSE_OFF] = "mouse off", [APP_PRINT] = "outside the screen", [APP_PIPE] = "outside the screen", [APP_THEME] = "theme",
};

/* What was said since the last `show`, in front of what comes of it. */
void
print_said(struct screen *s)
{
	printf("%.*s", (int)s->said.n, (const char *)s->said.p);
	buf_clear(&s->said);
}

void
fulfil(struct screen *s, bool silent)
{
	for (enum app_wish wish; (wish = app_wish(s->app)) != APP_NOTHING; ) {
		if (!silent) {
			print_said(s);
			printf("* %s\n", wish_words[wish]);
		}
		fflush(stdout);
		if (wish == APP_PRINT || wish == APP_PIPE)
			app_outside(s->app);
		s->over |= wish == APP_QUIT;
	}
}

static void
work(struct screen *s)
{
	while (app_work(s->app, machine_steady() + 20 * NSTIME_MS))
		;
}

/* Until nothing changes any more: drawing may show that there is more to do. */
static void
settle(struct screen *s)
{
	for (int i = 0; i < SETTLED && (i == 0 || app_is_stale(s->app)); i++) {
		work(s);
		app_draw(s->app, s->canvas);
	}
}

static void
press(struct screen *s, uint32_t key)
{
	app_key(s->app, key);
	fulfil(s, false);
	if (!s->hasty)
		settle(s);
}

/* --- statements --- */

/* What is behind the one blank after it stays as it is. */
static slice
take_word(slice *rest)
{
	slice word;

	while (rest->n > 0 && rest->p[0] == ' ')
		*rest = slice_drop(*rest, 1);
	if (!slice_cut(*rest, ' ', &word, rest))
		*rest = SLICE_NONE;
	return word;
}

static int
take_number(struct screen *s, slice *rest)
{
	slice word = take_word(rest);
	uint64_t number;

	if (!slice_number(word, &number) || number > 1000000000)
		complain(s, "not a number", word);
	return (int)number;
}

static void
do_size(struct screen *s, slice rest)
{
	int width = take_number(s, &rest), height = take_number(s, &rest);

	canvas_resize(s->canvas, width, height);
	app_draw(s->app, s->canvas);
	settle(s);
}

static void
do_keys(struct screen *s, slice rest)
{
	while (rest.n > 0 && !s->over) {
		slice word = take_word(&rest);
		uint32_t key = key_parse((const char *)word.p, word.n);

		if (key == KEY_NOTHING)
			complain(s, "no key", word);
		press(s, key);
	}
}

static void
do_type(struct screen *s, slice rest)
{
	uint32_t c;

	while (rest.n > 0 && !s->over) {
		rest = slice_drop(rest, utf8_take(rest, &c));
		press(s, c);
	}
}

static void
do_mouse(struct screen *s, slice rest)
{
	static const struct { slice word; enum mouse_kind kind; } kinds[] = {
		{ SLICE("click"), MOUSE_CLICK }, { SLICE("double"), MOUSE_DOUBLE }, { SLICE("up"), MOUSE_WHEEL_UP }, { SLICE("down"), MOUSE_WHEEL_DOWN },
	};
	slice word = take_word(&rest);

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (slice_eq(word, kinds[i].word)) {
			struct mouse m = { .kind = kinds[i].kind };

			m.x = take_number(s, &rest);
			m.y = take_number(s, &rest);
			app_mouse(s->app, &m);
			fulfil(s, false);
			settle(s);
			return;
		}
	complain(s, "nothing that a mouse does", word);
}

/* Each line behind a bar, so that nothing at its end goes unseen. */
static void
print_lines(slice text)
{
	slice line;

	while (text.n > 0) {
		slice_cut(text, '\n', &line, &text);
		printf("|%.*s\n", (int)line.n, (const char *)line.p);
	}
}

static void
do_show(struct screen *s, slice how)
{
	struct buf out;
	int x, y;

	if (!slice_eq(how, S("now")))
		settle(s);
	app_draw(s->app, s->canvas);
	app_cursor(s->app, &x, &y);
	print_said(s);
	printf("== %dx%d", s->canvas->width, s->canvas->height);
	if (x >= 0)
		printf(", cursor at %d,%d", x, y);
	printf("\n");
	buf_init(&out, 16 * MiB);
	canvas_print(s->canvas, &out, slice_eq(how, S("styles")));
	print_lines(buf_slice(&out));
	buf_fini(&out);
}

static void
do_work(struct screen *s, slice rest)
{
	(void)rest;
	settle(s);
}

static void
do_hasty(struct screen *s, slice rest)
{
	(void)rest;
	s->hasty = true;
}

/* What was saved, if it was saved here. */
static void
do_files(struct screen *s, slice rest)
{
	(void)rest;
	print_said(s);
	print_folder(".", true);
}

/* What stands in a text that was saved. */
static void
do_read(struct screen *s, slice rest)
{
	char name[FILENAME_MAX];

	print_said(s);
	snprintf(name, sizeof name, "%.*s", (int)rest.n, (const char *)rest.p);
	print_text(name);
}

static void
do_random(struct screen *s, slice rest)
{
	int seed = take_number(s, &rest);

	press_random(s, (uint64_t)seed, take_number(s, &rest));
}

/* --- the script --- */

static const struct {
	slice word;
	void (*run)(struct screen *, slice rest);
} statements[] = {
	{ SLICE("size"), do_size }, { SLICE("resize"), do_size }, { SLICE("key"), do_keys }, { SLICE("keys"), do_keys },
	{ SLICE("type"), do_type }, { SLICE("mouse"), do_mouse }, { SLICE("work"), do_work }, { SLICE("show"), do_show },
	{ SLICE("hasty"), do_hasty }, { SLICE("files"), do_files }, { SLICE("read"), do_read }, { SLICE("random"), do_random },
};

/* The first lines are the runner's: which capture, which options. `packets` comes to nothing when all was read before. */
static bool
is_for_runner(slice word)
{
	return slice_eq(word, S("capture")) || slice_eq(word, S("talk")) || slice_eq(word, S("run")) || slice_eq(word, S("live"))
	    || slice_eq(word, S("packets"));
}

static void
run_statement(struct screen *s, slice word, slice rest)
{
	for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
		if (slice_eq(word, statements[i].word)) {
			statements[i].run(s, rest);
			return;
		}
	if (!is_for_runner(word))
		complain(s, "no statement", word);
}

/* True: the next statement is about the reading, and stays. */
static bool
is_about_reading(slice line)
{
	return slice_eq(take_word(&line), S("packets"));
}

static void
remember(struct screen *s, slice line)
{
	if (slice_eq(line, S("show")) || slice_starts(line, S("show ")))
		return;
	buf_add(&s->said, line);
	buf_add_byte(&s->said, '\n');
}

/* Up to the next `packets`, or to the end. */
void
run_script(struct screen *s)
{
	while (s->script.n > 0 && !s->over) {
		slice line, rest, word;

		if (is_about_reading(s->script) && s->fed)
			return;
		slice_cut(s->script, '\n', &line, &s->script);
		s->line++;
		rest = line;
		word = take_word(&rest);
		if (word.n == 0)
			continue;
		remember(s, line);
		if (word.p[0] != '#')
			run_statement(s, word, rest);
	}
}

/* `packets N` stands next, or all is read before anything is done. */
void
go_on_to_stop(struct screen *s)
{
	slice line, rest;

	s->stop = UINT64_MAX;
	if (s->script.n == 0 || !is_about_reading(s->script))
		return;
	slice_cut(s->script, '\n', &line, &s->script);
	s->line++;
	remember(s, line);
	rest = line;
	take_word(&rest);
	if (!slice_eq(slice_trim(rest), S("all")))
		s->stop = (uint64_t)take_number(s, &rest);
}

/* --- all of it --- */

/* What the runner's lines say to us: is it live? */
static bool
says_live(slice script)
{
	slice line;

	while (script.n > 0) {
		slice_cut(script, '\n', &line, &script);
		if (slice_eq(line, S("live")))
			return true;
	}
	return false;
}

/* The lines in front that speak of the capture, of the size, or not at all. */
static void
run_head(struct screen *s)
{
	while (s->script.n > 0 && !is_about_reading(s->script)) {
		slice line, rest, all = s->script, word;

		slice_cut(s->script, '\n', &line, &rest);
		word = take_word(&(slice){ line.p, line.n });
		if (word.n > 0 && word.p[0] != '#' && !is_for_runner(word) && !slice_eq(word, S("size")))
			return;
		s->script = (slice){ all.p, line.n };
		run_script(s);
		s->script = rest;
	}
}

static slice
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slice_of(slash != NULL ? slash + 1 : path);
}

/* Nobody sits there: what the script types is meant. */
static bool
always(const char *command, int socket)
{
	(void)command, (void)socket;
	return true;
}

static void
open_screen(struct screen *s)
{
	const struct options *o = &s->options;

	runner_start(always);
	s->vault = vault_new(o->memory);
	s->model = model_new(s->vault, o->memory / 4);
	s->config = config_new(false);
	s->saver = saver_new(o);
	s->host = s->real = saver_host(s->saver);
	s->app_options = (struct app_options){
		.model = s->model, .host = &s->host, .config = s->config, .live = says_live(s->script), .secrets = o->show.show_secrets,
		.filter = o->display != NULL ? filter_text(o->display) : SLICE_NONE,
		.when = when_of(&o->show, TIME_RELATIVE, 3), .when_given = o->show.time_given, .title = base_name(o->input[0]),
	};
	s->app = app_new(&s->app_options);
	s->canvas = canvas_new(80, 24);
}

static void
close_screen(struct screen *s)
{
	app_free(&s->app);
	canvas_free(&s->canvas);
	saver_free(&s->saver);
	config_free(&s->config);
	model_free(&s->model);
	vault_free(&s->vault);
	options_free(&s->options);
	buf_fini(&s->said);
}

static void
read_script(struct screen *s, const char *path, struct buf *text)
{
	FILE *f = fopen(path, "r");
	int c;

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	while ((c = getc(f)) != EOF)
		buf_add_byte(text, (uint8_t)c);
	fclose(f);
	s->script = buf_slice(text);
	s->name = path;
}

int
main(int argc, char **argv)
{
	struct screen s = { 0 };
	struct buf text;
	int status;

	if (argc < 3) {
		fprintf(stderr, "usage: screen SCRIPT [OPTIONS] CAPTURE...\n");
		return 2;
	}
	buf_init(&text, MiB);
	buf_init(&s.said, MiB);
	read_script(&s, argv[1], &text);
	argv[1] = argv[0];
	status = options_parse(argc - 1, argv + 1, &s.options);
	if (status != -1)
		return status;
	open_screen(&s);
	run_head(&s);
	read_captures(&s);
	run_script(&s);
	close_screen(&s);
	buf_fini(&text);
	return fflush(stdout) == 0 ? 0 : 1;
}
