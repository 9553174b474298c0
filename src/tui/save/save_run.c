/*
 * save_run.c - it is written: by the host, or made here and then written by
 * it.
 */
#include "base/limits.h"
#include "base/words.h"
#include "model/list/table.h"
#include "save_parts.h"
#include "tui/views/list_columns.h"

/* Without the slash at the end of a folder. */
static void
save_add_path(const struct save_dialog *d, struct buf *out)
{
	slice path = slice_trim(buf_slice(&d->path.text));

	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	buf_add(out, path);
	buf_add_byte(out, '\0');
}

void
save_say(struct save_dialog *d, bool failed, const char *words)
{
	buf_clear(&d->said);
	buf_text(&d->said, words);
	d->failed = failed;
}

/* The columns of the list as it stands. */
static void
begin_table(struct save_dialog *d)
{
	bool messages = list_kind_of(app_list(d->app)) == LIST_MESSAGES;
	slice text = config_get(app_config(d->app), messages ? "columns.messages" : "columns.sessions", "");
	const struct column *column[LIST_COLUMNS_MOST];
	struct list_columns columns;
	struct save_items items = { 0 };
	struct buf why;

	buf_init(&why, KiB);
	if (!list_columns_parse(&columns, text, &why))
		list_columns_parse(&columns, slice_of(columns_default(messages)), &why);
	for (size_t i = 0; i < columns.n; i++)
		column[i] = columns.v[i].is;
	save_items_collect(d->app, d->what, SAVE_CSV, &items);
	d->table = table_new(app_model(d->app), items.v, items.n, column, columns.n);
	save_items_fini(&items);
	buf_fini(&why);
}

/* text: what the host writes, where the screen makes it. */
static void
begin(struct save_dialog *d, slice text)
{
	const struct host *host = app_host(d->app);
	struct save_items items = { 0 };
	struct save_request request = { .format = d->format, .text = text };
	struct buf path;

	buf_init(&path, LIMIT_PROMPT + 1);
	save_add_path(d, &path);
	save_items_collect(d->app, d->what, d->format, &items);
	request.path = (const char *)path.p;
	request.item = items.v;
	request.n = items.n;
	request.part = d->what == SAVE_THIS_PART ? app_stands_on(d->app) : 0;
	save_say(d, false, "");
	d->percent = 0;
	d->save = host->save(host->self, app_model(d->app), &request, &d->said);
	d->failed = d->save == NULL;
	d->phase = d->save != NULL ? PHASE_WRITE : PHASE_CHOOSE;
	buf_fini(&path);
	save_items_fini(&items);
}

void
save_start(struct save_dialog *d)
{
	d->typing = d->cut = false;
	if (app_host(d->app) == NULL || app_host(d->app)->save == NULL)
		save_say(d, true, "Nothing can be saved from here");
	else if (slice_trim(buf_slice(&d->path.text)).n == 0)
		save_say(d, true, "A name is missing: Tab, and type one");
	else if (d->format == SAVE_LADDER || d->format == SAVE_CSV)
		d->phase = PHASE_READ;
	else
		begin(d, SLICE_NONE);
	if (d->phase == PHASE_READ && d->format == SAVE_CSV)
		begin_table(d);
}

static bool
read_table(struct save_dialog *d, nstime until)
{
	bool more = table_work(d->table, until);

	d->percent = table_percent(d->table);
	if (more)
		return true;
	begin(d, table_text(d->table));
	d->cut = table_truncated(d->table);
	d->rows = table_rows(d->table);
	table_free(&d->table);
	return d->phase == PHASE_WRITE;
}

/* The ladder is drawn by its view, when all of the session was read. */
static bool
read_ladder(struct save_dialog *d, nstime until)
{
	struct dossier *dossier = app_dossier(d->app);
	void *view = page_state(d->app, PAGE_LADDER);
	struct buf text;

	if (dossier != NULL && dossier_work(dossier, until)) {
		d->percent = dossier_percent(dossier);
		return true;
	}
	if (view_ladder.work != NULL && view_ladder.work(view, until))
		return true;
	buf_init(&text, 64 * MiB);
	if (view_ladder.text != NULL)
		view_ladder.text(view, &text);
	begin(d, buf_slice(&text));
	buf_fini(&text);
	return d->phase == PHASE_WRITE;
}

/* "the table" as the host says it: "13 rows". */
static void
say_rows(struct save_dialog *d)
{
	static const slice said = SLICE("Saved the table");
	struct buf words;

	if (d->format != SAVE_CSV || !slice_starts(buf_slice(&d->said), said))
		return;
	buf_init(&words, SAVE_NAMES);
	buf_text(&words, "Saved ");
	words_count(&words, d->rows, "row", "rows");
	buf_add(&words, slice_drop(buf_slice(&d->said), said.n));
	buf_clear(&d->said);
	buf_add(&d->said, buf_slice(&words));
	buf_fini(&words);
}

static bool
write_on(struct save_dialog *d, nstime until)
{
	const struct host *host = app_host(d->app);
	int status;

	buf_clear(&d->said);
	buf_text(&d->said, "Saved ");
	status = host->save_work(host->self, &d->save, until, &d->percent, &d->said);
	if (status > 0)
		return true;
	say_rows(d);
	if (status < 0)
		buf_drop(&d->said, sizeof "Saved " - 1);
	d->save = NULL;
	d->failed = status < 0;
	if (status == 0 && d->cut)
		buf_text(&d->said, " (as many rows as fit)");
	d->phase = status < 0 ? PHASE_CHOOSE : PHASE_DONE;
	return false;
}

bool
save_work(void *self, nstime until)
{
	struct save_dialog *d = self;

	if (d->phase == PHASE_READ)
		return d->table != NULL ? read_table(d, until) : read_ladder(d, until);
	return d->phase == PHASE_WRITE && write_on(d, until);
}

void
save_stop(struct save_dialog *d)
{
	const struct host *host = app_host(d->app);

	if (d->save != NULL)
		host->save_stop(host->self, &d->save);
	d->save = NULL;
	table_free(&d->table);
	d->phase = PHASE_CHOOSE;
	save_say(d, true, "Stopped: nothing half-written was left");
}

