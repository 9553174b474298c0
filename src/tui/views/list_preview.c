#include "list_preview.h"

#include "base/limits.h"

enum { WHEEL = 3 };

void
list_preview_init(struct list_preview *p, struct app *app)
{
	*p = (struct list_preview){ .app = app, .item = NO_ITEM };
	sheet_init(&p->sheet);
}

void
list_preview_fini(struct list_preview *p)
{
	sheet_fini(&p->sheet);
}

/* The place of the first row of the message's transaction, as far as rows are known. */
static size_t
first_row(struct list_preview *p, const struct dossier *d)
{
	const struct item *is = model_item(app_model(p->app), p->item);

	for (size_t i = 0; is != NULL && is->kind == ITEM_MESSAGE && i < dossier_rows(d); i++)
		if (dossier_row(d, dossier_read(d, i)).mail == is->mail)
			return i;
	return 0;
}

static void
add_ends(struct list_preview *p, struct buf *out)
{
	struct unit u;
	char client[ENDPOINT_TEXT], server[ENDPOINT_TEXT];
	bool ports = app_options(p->app)->when.format != TIME_NONE;

	if (!model_read(app_model(p->app), p->item, app_desk(p->app), &u))
		return;
	if (u.session != NULL)
		buf_printf(out, "· %s → %s ", ports ? endpoint_text(&u.session->client, client) : addr_text(&u.session->client.addr, client),
		    endpoint_text(&u.session->server, server));
	else if (u.attempt != NULL)
		buf_printf(out, "· %s → %s ", addr_text(&u.attempt->client, client), endpoint_text(&u.attempt->server, server));
}

/* "── session 3 · 192.0.2.10:51234 → 198.51.100.5:25 ─────" */
static void
draw_title(struct list_preview *p, struct area area, bool focused)
{
	const struct item *is = model_item(app_model(p->app), p->item);
	struct buf text;

	canvas_fill(area, 0, 0, area.width, 1, 0x2500, STYLE_FRAME);
	if (is == NULL)
		return;
	buf_init(&text, 256);
	if (is->kind == ITEM_ATTEMPT)
		buf_text(&text, " attempt ");
	else
		buf_printf(&text, " session %llu ", (unsigned long long)is->number);
	if (is->kind == ITEM_MESSAGE)
		buf_printf(&text, "· message %u ", (unsigned)is->index);
	add_ends(p, &text);
	canvas_text(area, 2, 0, area.width - 4, focused ? STYLE_BAR_ON : STYLE_TITLE, buf_slice(&text));
	buf_fini(&text);
}

static struct sheet_look
look_of(const struct list_preview *p, const struct dossier *d, int width)
{
	struct sheet_look look = { .when = app_options(p->app)->when, .start = dossier_start(d), .width = width, .one_line = true };
	size_t rows = dossier_rows(d);

	look.times = sheet_times(&look.when, look.start, rows > 0 ? dossier_row(d, rows - 1).time : look.start);
	return look;
}

static void
draw_rows(struct list_preview *p, const struct dossier *d, struct area area)
{
	struct sheet_look look = look_of(p, d, area.width);
	size_t rows = dossier_rows(d);
	struct row above, *before = NULL;

	for (int y = 0; y < area.height && p->top + (size_t)y < rows; y++) {
		size_t index = dossier_read(d, p->top + (size_t)y);
		struct row row = dossier_row(d, index);

		sheet_clear(&p->sheet);
		sheet_row(&p->sheet, &look, &row, index, before);
		sheet_draw(&p->sheet, area, y, 0);
		above = row;
		before = &above;
	}
}

void
list_preview_draw(struct list_preview *p, struct area area, uint32_t item, bool focused)
{
	struct dossier *d = app_dossier(p->app);
	size_t rows = d != NULL ? dossier_rows(d) : 0, height = (size_t)(area.height > 1 ? area.height - 1 : 1);

	if (item != p->item)
		*p = (struct list_preview){ .app = p->app, .sheet = p->sheet, .item = item };
	p->height = area.height - 1;
	draw_title(p, area, focused);
	if (d == NULL)
		return;
	if (!p->moved)
		p->top = first_row(p, d);
	if (p->top + height > rows)
		p->top = rows > height ? rows - height : 0;
	if (rows == 0 && dossier_gone(d))
		canvas_words(area, 2, 1, STYLE_LOST, "Its events had to make room for younger ones (--mem).");
	draw_rows(p, d, area_part(area, 0, 1, area.width, area.height - 1));
}

static void
move(struct list_preview *p, size_t lines, bool back)
{
	p->moved = true;
	if (back)
		p->top -= lines < p->top ? lines : p->top;
	else
		p->top += lines;		/* drawing knows where the end is */
}

bool
list_preview_act(struct list_preview *p, enum action action)
{
	size_t page = p->height > 1 ? (size_t)p->height - 1 : 1;

	switch (action) {
	case ACTION_DOWN: move(p, 1, false); return true;
	case ACTION_UP: move(p, 1, true); return true;
	case ACTION_PAGE_DOWN: move(p, page, false); return true;
	case ACTION_PAGE_UP: move(p, page, true); return true;
	case ACTION_HALF_DOWN: move(p, (page + 1) / 2, false); return true;
	case ACTION_HALF_UP: move(p, (page + 1) / 2, true); return true;
	case ACTION_FIRST: move(p, p->top, true); return true;
	case ACTION_LAST: move(p, LIMIT_ROWS, false); return true;
	default: return false;
	}
}

void
list_preview_wheel(struct list_preview *p, bool down)
{
	move(p, WHEEL, !down);
}
