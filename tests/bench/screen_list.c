/*
 * screen_list.c - how long one waits for the list: a capture is read into the
 * model, and then filtered, sorted, searched and scrolled on the screen.
 *
 *	screen_list CAPTURE
 *
 * Of what is done in slices the longest slice is told too: it is what a key
 * may have to wait for. Slices are asked to take 10 ms. On a machine that has
 * other things to do, the time on the CPU is the one to look at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "capture/file.h"
#include "base/machine.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "model/recorder/recorder.h"
#include "tui/app.h"

#define SLICE_TIME	(10 * NSTIME_MS)

struct bench { struct vault *vault; struct model *model; };

static double
ms(nstime t)
{
	return (double)t / 1e6;
}

static nstime
spent(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (nstime)t.tv_sec * NSTIME_S + t.tv_nsec;
}

static bool
give(void *self, struct news_batch *batch)
{
	struct bench *b = self;

	model_take(b->model, &batch);
	return true;
}

static void
note(void *self, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct engine **engine = self;

	if (*engine != NULL)
		engine_note(*engine, f, packet, time, offset, detail);
}

static void
read_capture(struct bench *b, const char *path)
{
	struct engine *engine = NULL;
	struct source source;
	const char *const paths[] = { path };
	struct file_options file = { .path = paths, .npath = 1, .quiet = true, .linktype_known = decode_linktype_known, .user = { &engine, note } };
	struct engine_options e = { .source = &source, .memory = LIMIT_MEMORY, .keep = recorder_keeps(false) };
	struct recorder_options recorder = { .vault = b->vault, .give = give, .self = b };
	struct engine_result result = { 0 };
	struct sink sink;
	int status;

	if (file_open(&file, &source, &status) != 0 || (engine = engine_new(&e)) == NULL)
		exit(2);
	recorder.fold = engine_fold(engine);
	recorder_open(&recorder, &sink);
	engine_add_sink(engine, &sink);
	engine_run(engine, &result);
	source.close(source.self);
	engine_free(&engine);
}

static void
finish(const char *what, struct list *list)
{
	nstime start = machine_steady(), longest = 0, before = start, now, cpu = spent();
	unsigned slices = 0;
	bool more;

	do {
		more = list_work(list, before + SLICE_TIME);
		now = machine_steady();
		if (now - before > longest)
			longest = now - before;
		before = now;
		slices++;
	} while (more);
	printf("%-44s %8.1f ms (%.1f ms of CPU) in %u slices, the longest %.1f ms; %zu shown\n", what, ms(now - start), ms(spent() - cpu),
	    slices, ms(longest), list_count(list));
	fflush(stdout);
}

static void
filter(struct list *list, const char *text, bool trouble)
{
	struct buf error;
	struct filter *f;

	buf_init(&error, 4096);
	f = *text ? filter_new(slice_of(text), &error) : NULL;
	list_filter(list, f, trouble);
	finish(trouble ? "trouble" : *text ? text : "no filter", list);
	if (list_unread(list) > 0)
		printf("%-44s %llu had been let go\n", "", (unsigned long long)list_unread(list));
	list_filter(list, NULL, false);
	filter_free(&f);
	buf_fini(&error);
}

static void
sort(struct list *list, const char *name)
{
	char what[64];

	snprintf(what, sizeof what, "sort by %s", name);
	list_sort(list, column_find(slice_of(name)), true);
	finish(what, list);
}

static void
search(struct list *list, const char *words)
{
	const struct column *column[] = { column_find(S("route")), column_find(S("subject")), column_find(S("result")) };
	char what[64];

	snprintf(what, sizeof what, "search for \"%s\"", words);
	list_search(list, slice_of(words), 0, false, column, 3);
	finish(what, list);
}

/* Each key is drawn. */
static void
scroll(struct app *app, struct canvas *canvas, const char *what, uint32_t key, unsigned times)
{
	nstime start = machine_steady(), longest = 0;

	for (unsigned i = 0; i < times; i++) {
		nstime t = machine_steady();

		app_key(app, key);
		app_work(app, machine_steady() + 2 * NSTIME_MS);
		app_draw(app, canvas);
		t = machine_steady() - t;
		if (t > longest)
			longest = t;
	}
	printf("%-44s %8.3f ms a key, the longest %.1f ms\n", what, ms(machine_steady() - start) / times, ms(longest));
	fflush(stdout);
}

static void
scroll_screen(struct bench *b)
{
	struct config *config = config_new(false);
	struct app_options options = { .model = b->model, .config = config, .title = S("bench") };
	struct app *app = app_new(&options);
	struct canvas *canvas = canvas_new(200, 60);

	while (app_work(app, machine_steady() + SLICE_TIME))
		;
	app_draw(app, canvas);
	scroll(app, canvas, "down, 200x60 with preview", 'j', 1000);
	scroll(app, canvas, "a page down", KEY_PAGE_DOWN, 1000);
	scroll(app, canvas, "end and beginning", 'G', 100);
	canvas_free(&canvas);
	app_free(&app);
	config_free(&config);
}

int
main(int argc, char **argv)
{
	struct bench b = { 0 };
	struct list *list;
	nstime start = machine_steady();

	if (argc != 2) {
		fprintf(stderr, "usage: screen_list CAPTURE\n");
		return 2;
	}
	b.vault = vault_new(LIMIT_SPOOL);
	b.model = model_new(b.vault, LIMIT_MEMORY / 2);
	read_capture(&b, argv[1]);
	printf("%-44s %8.1f ms, %u items, %zu KiB\n", "read", ms(machine_steady() - start), (unsigned)model_end(b.model), model_memory(b.model) / 1024);
	printf("%-44s %llu MiB kept, %llu MiB let go; of bodies %llu and %llu\n", "records and events",
	    (unsigned long long)vault_kept(b.vault, VAULT_TALE) >> 20, (unsigned long long)vault_gone(b.vault, VAULT_TALE) >> 20,
	    (unsigned long long)vault_kept(b.vault, VAULT_BODY) >> 20, (unsigned long long)vault_gone(b.vault, VAULT_BODY) >> 20);
	list = list_new(b.model, LIST_SESSIONS);
	finish("list", list);
	filter(list, "smtp.rcpt.code >= 500", false);
	filter(list, "smtp.rcpt.address contains \"@\" && smtp.size > 1000", false);
	filter(list, "imf.subject matches \"x{3}$\"", false);
	filter(list, "smtp.response.code == 250 && smtp.reply_time > 0.5", false);
	filter(list, "", true);
	filter(list, "", false);
	sort(list, "wait");
	sort(list, "route");
	sort(list, "number");
	list_sort(list, NULL, false);
	finish("as they came", list);
	search(list, "no such words");
	list_free(&list);
	scroll_screen(&b);
	model_free(&b.model);
	vault_free(&b.vault);
	return 0;
}
