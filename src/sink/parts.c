/*
 * parts.c - -T parts:DIR: the files in messages as files, and a manifest.
 *
 * Each attachment (a part that has a file name or was sent as one), streams
 * into a temporary file with its transfer encoding undone; with --all-parts
 * every part does that is no multipart. It gets its name (part_name.h) when
 * the record of its message tells the uid. What is not whole ends in
 * ".partial".
 */
#include "formats.h"
#include "mail_files.h"
#include "part_name.h"

static void
begin(struct mail_files *s, const struct where *at, const struct ev_part_begin *b)
{
	struct rec_part part = { .kind = b->kind, .filename = b->filename, .disposition = b->disposition };

	if (part_is_file(&part, s->options->all_parts))
		mail_files_begin(s, at, b->mail, b->part);
}

static int
on_event(void *self, const struct event *e)
{
	struct mail_files *s = self;

	if (!mail_files_wants(s, e))
		return 0;
	switch (e->kind) {
	case EV_PART_BEGIN:
		begin(s, &e->at, &e->u.part_begin);
		return 0;
	case EV_PART_BYTES:
		return mail_files_write(s, &e->at, e->u.part_bytes.mail, e->u.part_bytes.part, e->u.part_bytes.bytes);
	case EV_PART_END:
		mail_files_end(s, &e->at, e->u.part_end.mail, e->u.part_end.part);
		return 0;
	case EV_GAP:
		mail_files_gap(s, &e->at, &e->u.gap);
		return 0;
	default:
		return 0;
	}
}

static int
place(void *self, struct mail_file *f, const struct rec_message *m)
{
	const struct rec_part *p = f->part <= m->npart ? &m->part[f->part - 1] : NULL;
	bool whole = p != NULL && p->whole && folder_written(f->file) == p->size;
	char name[PART_NAME];
	struct manifest_entry entry = {
		.name = name, .message = m, .part = p, .whole = whole, .missing = p ? p->missing : 0,
		.sha256 = whole && p->has_sha256 ? p->sha256 : NULL,
	};

	if (p != NULL)
		part_name(m, p, whole, name);
	else
		part_name_unknown(m, f->part, whole, name);	/* the record has no room for it: said there */
	return mail_files_place(self, f, &entry);
}

static int
on_record(void *self, const struct record *r)
{
	return mail_files_record(self, r, place, self);
}

static const struct sink_ops ops = {
	.name = "parts", .event = on_event, .record = on_record,
	.memory = mail_files_memory, .reopen = mail_files_reopen, .wrote = mail_files_wrote, .close = mail_files_sink_close,
};

int
parts_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	(void)fold;
	return mail_files_sink(where, options, &ops,
	    WANT(EV_PART_BEGIN) | WANT(EV_PART_BYTES) | WANT(EV_PART_END) | WANT(EV_GAP) | WANT_INSIDE | WANT_SHA256
	    | (options->all_parts ? WANT_ALL_DIGESTS : 0), sink_r);
}
