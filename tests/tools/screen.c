/*
 * screen.c - the screen without a terminal: keys in, cells out.
 *
 *	screen SCRIPT [OPTIONS] CAPTURE...
 *
 * Reads the captures as the program would, on this one thread, and plays the
 * script; tests/README.md is the manual of its statements. What `show` prints
 * is text that stands in goldens.
 *
 * `packets N` stops the reading after N packets: what is said next is played
 * from inside the source's next(), so that no thread is needed.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "capture/file.h"
#include "decode/decode.h"
#include "model/recorder.h"
#include "options.h"
#include "save.h"
#include "tui/app.h"
#include "tui/host.h"

enum {
	SETTLED = 10,			/* drawings, at most */
	PAUSE_MS = 600,			/* after it the recorder has told of everything, however often it may */
	FILES = 64			/* listed of a folder */
};

struct screen {
	struct options options;
	struct app_options app_options;
	struct app *app;
	struct canvas *canvas;
	struct vault *vault;
	struct model *model;
	struct config *config;
	struct saver *saver;
	struct host host, real;		/* real: what random keys must not reach */
	struct source source;
	slice script;			/* what is left of it */
	unsigned line;
	const char *name;		/* of the script */
	uint64_t packets, stop;		/* read; the reading waits behind this one */
	unsigned calm;			/* NONEs still to be told before the script goes on */
	bool fed;			/* the reading goes on */
	bool hasty;			/* keys follow each other without a look at the screen */
	bool may_save;			/* random keys were begun in an empty folder */
	bool over;			/* the user has left */
	struct buf said;		/* statements since the last `show` */
};

static _Noreturn void
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
static void
print_said(struct screen *s)
{
	printf("%.*s", (int)s->said.n, (const char *)s->said.p);
	buf_clear(&s->said);
}

static void
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
	while (app_work(s->app, list_clock() + 20 * NSTIME_MS))
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

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A file's name and size; of a manifest, which tells where it was made, the name alone. What it is a folder of. */
static bool
print_file(const char *path)
{
	struct stat st = { 0 };

	stat(path, &st);
	if (S_ISDIR(st.st_mode))
		printf("* %s/\n", path);
	else if (strstr(path, "manifest") != NULL)
		printf("* %s\n", path);
	else
		printf("* %s %lld bytes\n", path, (long long)st.st_size);
	return S_ISDIR(st.st_mode);
}

static void
print_folder(const char *path, bool deep)
{
	char *name[FILES], below[FILENAME_MAX];
	size_t n = 0;
	DIR *folder = opendir(path);

	if (folder == NULL)
		return;
	for (struct dirent *e; (e = readdir(folder)) != NULL && n < FILES; )
		if (e->d_name[0] != '.')
			name[n++] = strdup(e->d_name);
	closedir(folder);
	qsort(name, n, sizeof *name, by_name);
	for (size_t i = 0; i < n; i++) {
		snprintf(below, sizeof below, "%s%s%s", strcmp(path, ".") == 0 ? "" : path, strcmp(path, ".") == 0 ? "" : "/", name[i]);
		if (print_file(below) && deep)
			print_folder(below, false);
		free(name[i]);
	}
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
	char name[FILENAME_MAX], line[4096];
	FILE *f;

	print_said(s);
	snprintf(name, sizeof name, "%.*s", (int)rest.n, (const char *)rest.p);
	f = fopen(name, "r");
	printf("* %s%s\n", name, f == NULL ? " is not there" : "");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		printf("|%s", line);
	if (f != NULL)
		fclose(f);
}

/* --- random keys --- */

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A key that an action has, or something typed; never what ends the screen. */
static uint32_t
random_key(uint64_t *state)
{
	static const char typed[] = "abcsmtp.rcpt.code == 5\"tls&&|!()*~\xe4";
	static const uint32_t editing[] = { KEY_RETURN, KEY_ESCAPE, KEY_TAB, KEY_RUBOUT, KEY_CURSOR_UP, KEY_CURSOR_LEFT, KEY_TAB_BACK, KEY_CONTROL('W') };
	const char *keys;
	uint32_t key;
	size_t n;

	switch (next_random(state) % 8) {
	case 0: return (uint8_t)typed[next_random(state) % (sizeof typed - 1)];
	case 1: return editing[next_random(state) % (sizeof editing / sizeof editing[0])];
	case 2: return (uint32_t)(next_random(state) % 0x3000) + 1;
	default: break;
	}
	do {
		keys = action_info((enum action)(1 + next_random(state) % (ACTIONS - 1)))->keys;
		n = strcspn(keys, " ");
		if (next_random(state) % 2 && keys[n] == ' ') {
			keys += n + 1;
			n = strcspn(keys, " ");
		}
		key = key_parse(keys, n);
	} while (key == 'Q' || key == KEY_CONTROL('C'));
	return key;
}

static void
print_difference(slice before, slice after)
{
	slice one, other;

	for (int y = 0; before.n > 0 || after.n > 0; y++) {
		slice_cut(before, '\n', &one, &before);
		slice_cut(after, '\n', &other, &after);
		if (!slice_eq(one, other))
			printf("line %d:\n|%.*s\n|%.*s\n", y, (int)one.n, (const char *)one.p, (int)other.n, (const char *)other.p);
	}
}

/* What is not stale would be drawn as it was drawn; and drawing changes nothing. */
static void
check_drawing(struct screen *s)
{
	struct buf before, after;

	if (app_is_stale(s->app))
		app_draw(s->app, s->canvas);
	if (app_is_stale(s->app))
		return;				/* drawing alone told it that there is more to do */
	buf_init(&before, 4 * MiB);
	buf_init(&after, 4 * MiB);
	canvas_print(s->canvas, &before, true);
	app_draw(s->app, s->canvas);
	canvas_print(s->canvas, &after, true);
	if (!slice_eq(buf_slice(&before), buf_slice(&after))) {
		print_difference(buf_slice(&before), buf_slice(&after));
		fflush(stdout);
		complain(s, "drawn otherwise, though nothing was said to have changed", SLICE_NONE);
	}
	buf_fini(&before);
	buf_fini(&after);
}

static void
random_step(struct screen *s, uint64_t *state)
{
	struct mouse m = { .kind = (enum mouse_kind)(next_random(state) % 4) };

	switch (next_random(state) % 40) {
	case 0:
		canvas_resize(s->canvas, (int)(next_random(state) % 220) + 1, (int)(next_random(state) % 70) + 1);
		app_draw(s->app, s->canvas);
		break;
	case 1: case 2:
		m.x = (int)(next_random(state) % (unsigned)s->canvas->width);
		m.y = (int)(next_random(state) % (unsigned)s->canvas->height);
		app_mouse(s->app, &m);
		break;
	default:
		app_key(s->app, random_key(state));
	}
	fulfil(s, true);
	s->over = false;			/* `q` in the list: never mind */
	if (next_random(state) % 4)
		app_work(s->app, list_clock() + NSTIME_MS);
	if (next_random(state) % 3)
		app_draw(s->app, s->canvas);
	if (next_random(state) % 16 == 0)
		check_drawing(s);
}

static bool
is_empty(const char *path)
{
	DIR *folder = opendir(path);
	bool empty = true;

	if (folder == NULL)
		return false;
	for (struct dirent *e; (e = readdir(folder)) != NULL; )
		empty &= strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	closedir(folder);
	return empty;
}

/* Files that random keys name are written nowhere but here, and only if here was nothing; they run no programs, and print nothing. */
static struct save *
save_here(void *self, struct model *model, const struct save_request *request, struct buf *why)
{
	struct screen *s = self;

	if (strchr(request->path, '/') == NULL && s->real.save != NULL && s->may_save)
		return s->real.save(s->real.self, model, request, why);
	buf_text(why, "not here");
	return NULL;
}

static int
save_work(void *self, struct save **save, nstime until, unsigned *percent, struct buf *said)
{
	struct screen *s = self;

	return s->real.save_work(s->real.self, save, until, percent, said);
}

static void
save_stop(void *self, struct save **save)
{
	struct screen *s = self;

	s->real.save_stop(s->real.self, save);
}

static void
print_nothing(void *self, struct model *model, const uint32_t *item, size_t n)
{
	(void)self;
	(void)model;
	(void)item;
	(void)n;
}

static int
no_pipe(void *self, const char *command, int *fd)
{
	(void)self;
	(void)command;
	*fd = -1;
	return -1;
}

static void
do_random(struct screen *s, slice rest)
{
	uint64_t state = (uint64_t)take_number(s, &rest) * 2654435761u + 88172645463325252u;

	s->may_save |= is_empty(".");
	s->host = (struct host){ s, save_here, save_work, save_stop, print_nothing, no_pipe, NULL };
	for (int n = take_number(s, &rest); n > 0; n--)
		random_step(s, &state);
	s->host = s->real;
	printf("* random keys done\n");
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
static void
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
static void
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

/* --- the reading --- */

static void
sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Behind the packet N: twice nothing comes, so that all is told; then the script goes on. */
static enum source_result
next(void *self, struct frame *frame)
{
	struct screen *s = self;
	enum source_result r;

	if (s->packets >= s->stop) {
		if (s->calm++ < 2) {
			sleep_ms(s->calm == 2 ? PAUSE_MS : 0);
			return SOURCE_NONE;
		}
		s->calm = 0;
		run_script(s);
		go_on_to_stop(s);
		return SOURCE_NONE;
	}
	r = s->source.next(s->source.self, frame);
	if (r == SOURCE_FRAME)
		s->packets++;
	return r;
}

static int fd_of(void *self) { (void)self; return -1; }
static bool recall(void *self, uint64_t mark) { struct screen *s = self; return s->source.recall != NULL && s->source.recall(s->source.self, mark); }
static void stats(void *self, struct source_stats *stats_r) { struct screen *s = self; s->source.stats(s->source.self, stats_r); }
static slice secrets(void *self) { struct screen *s = self; return s->source.secrets != NULL ? s->source.secrets(s->source.self) : SLICE_NONE; }
static void close_source(void *self) { (void)self; }

static bool
give(void *self, struct news_batch *batch)
{
	struct screen *s = self;

	app_take(s->app, &batch);
	return true;
}

/* How far: by packets, so that no block of the reader is seen. */
static void
progress(void *self, struct news_progress *p, bool over)
{
	struct screen *s = self;
	struct source_stats st = { 0 };

	s->source.stats(s->source.self, &st);
	(void)over;
	p->packets = s->packets;
	p->bytes = st.bytes;
	p->read = s->app_options.live ? 0 : s->packets;
	p->size = s->app_options.live ? 0 : s->packets + 100;
	p->dropped = st.dropped;
}

static void
on_source_note(void *self, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct engine **engine = self;

	if (*engine != NULL)
		engine_note(*engine, f, packet, time, offset, detail);
}

static void
read_captures(struct screen *s)
{
	const struct options *o = &s->options;
	struct engine *engine = NULL;
	struct file_options file = {
		.path = o->input, .npath = o->ninput, .filter = o->filter, .quiet = true,
		.linktype_known = decode_linktype_known, .user = { &engine, on_source_note },
	};
	struct source wrapped = { "script", next, fd_of, recall, stats, secrets, close_source, s };
	struct engine_options e = {
		.source = &wrapped, .mail_port = o->port, .nmail_port = o->nport, .as = o->as, .nas = o->nas, .overlap = o->overlap,
		.checksums = o->checksums, .memory = o->memory, .keep = recorder_keeps(o->show.show_secrets), .analysis = o->analysis,
	};
	struct recorder_options recorder = {
		.vault = s->vault, .secrets = o->show.show_secrets, .give = give, .progress = progress, .self = s,
	};
	struct engine_result result = { 0 };
	struct sink sink;
	int status;

	if (file_open(&file, &s->source, &status) != 0 || (engine = engine_new(&e)) == NULL)
		exit(2);
	recorder.fold = engine_fold(engine);
	recorder_open(&recorder, &sink);
	engine_add_sink(engine, &sink);
	s->fed = true;
	go_on_to_stop(s);
	engine_run(engine, &result);
	s->fed = false;
	s->source.close(s->source.self);
	engine_free(&engine);
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

static void
open_screen(struct screen *s)
{
	const struct options *o = &s->options;

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
