/*
 * save_part.c - one part of a message, whatever it is, under the name that
 * -T parts would give it.
 */
#include <stdlib.h>

#include "base/err.h"
#include "model/message/content.h"
#include "save_job.h"
#include "sink/folder.h"
#include "sink/part_name.h"

struct job {
	const struct model *model;
	uint32_t message, part;
	char *path;
	struct folder *folder;
	struct folder_file *file;
	struct content *content;
	bool failed;
};

static bool
take(void *self, slice piece)
{
	struct job *j = self;

	j->failed = folder_write(j->file, piece) < 0;
	return !j->failed;
}

static void
part_stop(void *self)
{
	struct job *j = self;

	content_close(&j->content);
	if (j->file != NULL)
		folder_discard(&j->file);
	folder_free(&j->folder);
	free(j->path);
	free(j);
}

static void *
part_open(const struct save_order *order)
{
	const struct save_request *r = order->request;
	const struct item *is = model_item(order->model, r->item[0]);
	struct folder *folder;
	struct job *j;

	if (r->n != 1 || is == NULL || is->kind != ITEM_MESSAGE) {
		warn("the message is no longer remembered");
		return NULL;
	}
	folder = folder_open(order->path);
	if (folder == NULL)
		return NULL;
	j = xcalloc(1, sizeof *j);
	*j = (struct job){ .model = order->model, .message = r->item[0], .part = r->part, .folder = folder };
	j->path = strdup(order->path);
	if (j->path == NULL)
		die("out of memory");
	j->file = folder_create(folder);
	j->content = content_open(order->model, j->message, j->part, CONTENT_BYTES);
	content_take(j->content, take, j);
	return j;
}

/* "NAME, 12,345 bytes in out/" */
static int
put_in_place(struct job *j, const struct rec_message *m, struct buf *said)
{
	const struct rec_part *p = &m->part[j->part - 1];
	uint64_t size = folder_written(j->file);
	bool whole = p->whole && size == p->size && !content_gone(j->content);
	char name[PART_NAME];

	part_name(m, p, whole, name);
	switch (folder_place(&j->file, name)) {
	case FOLDER_PLACED:
	case FOLDER_KEPT:
		break;
	default:
		return -1;
	}
	buf_text(said, name);
	save_say_size(said, size, j->path);
	if (content_gone(j->content))
		buf_add(said, S("; some of it is no longer remembered"));
	else if (!whole)
		buf_add(said, S("; it was not captured whole"));
	return 0;
}

static int
finish(struct job *j, struct buf *said)
{
	struct desk *desk = desk_new();
	struct unit u;
	int status = -1;

	if (!model_read(j->model, j->message, desk, &u) || u.message == NULL)
		warn("the message is no longer remembered");
	else if (j->part > u.message->npart)
		warn("there is no part %u in it", (unsigned)j->part);
	else
		status = put_in_place(j, u.message, said);
	desk_free(&desk);
	return status;
}

static int
part_go_on(void *self, nstime until, unsigned *percent_r, struct buf *said)
{
	struct job *j = self;
	bool more = content_work(j->content, until);
	int status = 0;

	*percent_r = content_percent(j->content);
	if (more && !j->failed)
		return 1;
	status = j->failed ? -1 : finish(j, said);
	part_stop(j);
	return status;
}

const struct save_kind save_part = { part_open, part_go_on, part_stop };
