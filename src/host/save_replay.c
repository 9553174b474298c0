/*
 * save_replay.c - what a sink writes of what is remembered: transcripts,
 * records, tables, messages, the files in them.
 */
#include <stdlib.h>

#include "base/err.h"
#include "base/words.h"
#include "filter/field.h"
#include "model/message/replay.h"
#include "save_job.h"
#include "sink/sinks.h"
#include "sink/spool.h"

struct job {
	struct output_options show;
	struct columns columns;
	char *path;
	bool directory;
	const char *one, *many;		/* files: of what */
	struct replay *replay;
	struct sink is;
	struct buf items;		/* "3 sessions and 1 attempt" */
};

static const struct { const char *name, *one, *many; } formats[SAVE_FORMATS] = {
	[SAVE_EML] = { "eml", "message", "messages" },
	[SAVE_PARTS] = { "parts", "file", "files" },
	[SAVE_TEXT] = { "text", NULL, NULL },
	[SAVE_JSON] = { "json", NULL, NULL },
	[SAVE_CSV] = { "csv", NULL, NULL },
};

/* --- what is asked for --- */

static bool
take_columns(struct columns *c, const struct save_request *r)
{
	struct buf error;
	bool good;

	columns_init(c);
	buf_init(&error, 4 * KiB);
	good = columns_rows(c, r->messages ? S("message") : S("session"), &error);
	for (size_t i = 0; i < r->ncolumn && good; i++)
		good = columns_add(c, slice_of(r->column[i]), &error);
	good = good && columns_check(c, &error);
	if (!good)
		warn("%.*s", (int)error.n, (const char *)error.p);
	buf_fini(&error);
	return good;
}

/* What of the command line is about how things are written stays; a file is not the screen. */
static void
take_options(struct job *j, const struct options *o)
{
	j->show = o->show;
	j->show.gate = NULL;			/* the screen's own filter has chosen */
	j->show.live = j->show.line_buffered = j->show.terminal = false;
	j->show.fresh = j->show.swift = j->show.judged = true;
	j->show.parts_written = false;
	j->show.columns = &j->columns;
	j->show.spool = spool_new(o->spool_max);
}

static unsigned
keeps(const struct job *j, const struct save_request *r)
{
	unsigned keep = FOLD_MESSAGES | (j->show.all_headers ? FOLD_HEADERS : 0u) | (j->show.show_secrets ? FOLD_SECRETS : 0u);

	return r->format == SAVE_CSV ? keep | field_keeps(columns_needs(&j->columns)) : keep;
}

/* A transcript is of sessions. Freed by the caller. */
static uint32_t *
items_of(const struct save_order *order)
{
	const struct save_request *r = order->request;
	uint32_t *item = xcalloc(r->n, sizeof *item);

	for (size_t i = 0; i < r->n; i++) {
		const struct item *is = model_item(order->model, r->item[i]);

		item[i] = is != NULL && r->format == SAVE_TEXT ? is->session : r->item[i];
	}
	return item;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* "2 sessions, 1 attempt": each once. */
static void
count_items(struct buf *out, const struct model *model, const uint32_t *item, size_t n)
{
	static const struct { enum item_kind kind; const char *one, *many; } kinds[] = {
		{ ITEM_SESSION, "session", "sessions" }, { ITEM_MESSAGE, "message", "messages" },
		{ ITEM_ATTEMPT, "attempt", "attempts" }, { ITEM_LONE, "finding", "findings" },
	};
	uint32_t *sorted = memcpy(xcalloc(n, sizeof *item), item, n * sizeof *item);
	uint64_t count[sizeof kinds / sizeof kinds[0]] = { 0 };

	qsort(sorted, n, sizeof *sorted, compare);
	for (size_t i = 0; i < n; i++) {
		const struct item *is = i > 0 && sorted[i] == sorted[i - 1] ? NULL : model_item(model, sorted[i]);

		for (size_t k = 0; is != NULL && k < sizeof kinds / sizeof kinds[0]; k++)
			count[k] += is->kind == kinds[k].kind;
	}
	free(sorted);
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		if (count[k] == 0)
			continue;
		if (out->n > 0)
			buf_add(out, S(", "));
		words_count(out, count[k], kinds[k].one, kinds[k].many);
	}
}

/* --- the job --- */

static void
dispose(struct job *j)
{
	spool_free(&j->show.spool);
	buf_fini(&j->items);
	free(j->path);
	free(j);
}

static bool
begin(struct job *j, const struct save_order *order)
{
	const struct save_request *r = order->request;
	const struct sink_format *format = sink_format_find(slice_of(formats[r->format].name));
	struct output where = { .format = format->name, .path = j->path };
	uint32_t *item = items_of(order);
	struct replay_options options = {
		.item = item, .n = r->n, .keep = keeps(j, r), .ends = r->format == SAVE_CSV,
	};
	bool good;

	j->directory = format->is_directory;
	count_items(&j->items, order->model, item, r->n);
	j->replay = replay_new(order->model, &options);
	free(item);
	good = format->open(&where, &j->show, replay_fold(j->replay), &j->is) == 0;
	if (good)
		replay_sink(j->replay, &j->is);
	else
		replay_free(&j->replay, true);
	return good;
}

static void *
replay_open(const struct save_order *order)
{
	const struct save_request *r = order->request;
	struct job *j = xcalloc(1, sizeof *j);

	j->path = strdup(order->path);
	if (j->path == NULL)
		die("out of memory");
	buf_init(&j->items, KiB);
	j->one = formats[r->format].one;
	j->many = formats[r->format].many;
	take_options(j, order->options);
	if ((r->format != SAVE_CSV || take_columns(&j->columns, r)) && begin(j, order))
		return j;
	dispose(j);
	return NULL;
}

/* "3 messages, 12,345 bytes in out/ (2 whole, 1 partial)" */
static void
say_files(struct buf *said, const struct job *j, const struct sink_wrote *w)
{
	if (w->files == 0) {
		buf_printf(said, "there is no %s to write in ", j->one);
		buf_add(said, buf_slice(&j->items));
		return;
	}
	words_count(said, w->files, j->one, j->many);
	save_say_size(said, w->bytes, j->path);
	if (j->path[strlen(j->path) - 1] != '/')
		buf_add_byte(said, '/');
	if (w->partial > 0)
		buf_printf(said, " (%ju whole, %ju partial)", (uintmax_t)(w->files - w->partial), (uintmax_t)w->partial);
}

static void
say_file(struct buf *said, const struct job *j, const struct sink_wrote *w)
{
	buf_add(said, buf_slice(&j->items));
	save_say_size(said, w->bytes, j->path);
}

static void
say_gone(struct buf *said, uint64_t gone)
{
	if (gone == 0)
		return;
	buf_add(said, S("; of "));
	words_count(said, gone, "session", "sessions");
	buf_add(said, S(" something is no longer remembered"));
}

static int
finish(struct job *j, bool failed, struct buf *said)
{
	uint64_t gone = replay_gone(j->replay);
	struct sink_wrote wrote = { 0 };
	int status;

	if (j->is.ops->wrote != NULL)
		j->is.ops->wrote(j->is.self, &wrote);
	status = replay_free(&j->replay, failed);
	if (failed || status < 0)
		return -1;
	if (j->directory)
		say_files(said, j, &wrote);
	else
		say_file(said, j, &wrote);
	say_gone(said, gone);
	return 0;
}

static int
replay_go_on(void *self, nstime until, unsigned *percent_r, struct buf *said)
{
	struct job *j = self;
	int status = replay_work(j->replay, until);

	*percent_r = replay_percent(j->replay);
	if (status == 1)
		return 1;
	status = finish(j, status < 0, said);
	dispose(j);
	return status;
}

static void
replay_stop(void *self)
{
	struct job *j = self;

	replay_free(&j->replay, true);
	dispose(j);
}

const struct save_kind save_replay = { replay_open, replay_go_on, replay_stop };
