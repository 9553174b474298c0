#include "mail_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "message_copy.h"

bool
mail_files_open(struct mail_files *s, const char *path, const struct output_options *options, bool manifest)
{
	*s = (struct mail_files){ .options = options, .has_manifest = manifest };
	s->folder = manifest ? folder_open(path) : folder_waiting(path);
	if (s->folder == NULL)
		return false;
	if (manifest && !manifest_init(&s->manifest, s->folder, options)) {
		folder_free(&s->folder);
		return false;
	}
	return true;
}

/* --- messages --- */

static uint64_t
key_of(uint64_t session, uint32_t mail, bool server_reading)
{
	return (session << 24 ^ (uint64_t)mail << 1) | server_reading;
}

static struct open_mail *
find(const struct mail_files *s, uint64_t session, uint32_t mail, bool server_reading)
{
	struct open_mail *m = map_get(&s->mails, key_of(session, mail, server_reading));

	while (m != NULL && (m->session != session || m->mail != mail || m->server_reading != server_reading))
		m = m->same;
	return m;
}

static struct open_mail *
make(struct mail_files *s, const struct where *at, uint32_t mail)
{
	uint64_t key = key_of(at->session, mail, at->server_reading);
	struct open_mail *m = xcalloc(1, sizeof *m);

	*m = (struct open_mail){ .session = at->session, .mail = mail, .server_reading = at->server_reading };
	m->end = &m->first;
	m->same = map_take(&s->mails, key);
	map_put(&s->mails, key, m);
	s->memory += sizeof *m;
	return m;
}

static void
forget(struct mail_files *s, struct open_mail *m)
{
	uint64_t key = key_of(m->session, m->mail, m->server_reading);
	struct open_mail *head = map_take(&s->mails, key), **at = &head;

	while (*at != m)
		at = &(*at)->same;
	*at = m->same;
	if (head != NULL)
		map_put(&s->mails, key, head);
	for (struct mail_file *f = m->first, *next; f != NULL; f = next) {
		next = f->next;
		folder_discard(&f->file);
		s->memory -= sizeof *f + FOLDER_FILE_SIZE;
		free(f->gap);
		free(f);
	}
	s->memory -= sizeof *m;
	arena_free(&m->arena);
	free(m);
}

/* --- their files --- */

static struct mail_file *
find_file(const struct open_mail *m, uint32_t part)
{
	struct mail_file *f = m ? m->open : NULL;

	while (f != NULL && f->part != part)
		f = f->next_open;
	return f;
}

struct mail_file *
mail_files_begin(struct mail_files *s, const struct where *at, uint32_t mail, uint32_t part)
{
	struct open_mail *m = find(s, at->session, mail, at->server_reading);
	struct mail_file *f = find_file(m, part);

	if (f != NULL)
		return f;
	if (m == NULL)
		m = make(s, at, mail);
	f = xcalloc(1, sizeof *f);
	f->part = part;
	f->file = folder_create(s->folder);
	*m->end = f;
	m->end = &f->next;
	f->next_open = m->open;
	m->open = f;
	s->memory += sizeof *f + FOLDER_FILE_SIZE;
	return f;
}

int
mail_files_write(struct mail_files *s, const struct where *at, uint32_t mail, uint32_t part, slice bytes)
{
	struct mail_file *f = find_file(find(s, at->session, mail, at->server_reading), part);

	if (f != NULL && folder_write(f->file, bytes) < 0)
		s->failed = true;
	return s->failed ? -1 : 0;
}

void
mail_files_end(struct mail_files *s, const struct where *at, uint32_t mail, uint32_t part)
{
	struct open_mail *m = find(s, at->session, mail, at->server_reading);
	struct mail_file **f = m ? &m->open : NULL;

	while (f != NULL && *f != NULL && (*f)->part != part)
		f = &(*f)->next_open;
	if (f != NULL && *f != NULL)
		*f = (*f)->next_open;
}

static void
note_gap(struct mail_file *f, const struct ev_gap *gap)
{
	if (f->gap == NULL)
		f->gap = xcalloc(LIMIT_FILE_GAPS, sizeof *f->gap);
	if (f->ngap < LIMIT_FILE_GAPS)
		f->gap[f->ngap++] = (struct manifest_gap){ folder_written(f->file), gap->missing, gap->dropped };
}

void
mail_files_gap(struct mail_files *s, const struct where *at, const struct ev_gap *gap)
{
	const struct open_mail *m = find(s, at->session, gap->mail, at->server_reading);

	for (struct mail_file *f = m ? m->open : NULL; f != NULL; f = f->next_open)
		note_gap(f, gap);
}

static uint32_t
mail_of(const struct event *e)
{
	switch (e->kind) {
	case EV_MAIL_BEGIN:	return e->u.mail_begin.mail;
	case EV_MAIL_BYTES:	return e->u.mail_bytes.mail;
	case EV_PART_BEGIN:	return e->u.part_begin.mail;
	case EV_PART_BYTES:	return e->u.part_bytes.mail;
	case EV_PART_END:	return e->u.part_end.mail;
	case EV_GAP:		return e->u.gap.mail;
	default:		return 0;
	}
}

bool
mail_files_wants(const struct mail_files *s, const struct event *e)
{
	return gate_mail(s->options->gate, e->at.session, mail_of(e), e->at.server_reading);
}

/* --- shown, or not, or later --- */

static int
place_all(struct mail_files *s, struct open_mail *o, const struct rec_message *m, mail_files_placer *place, void *self)
{
	int status = s->failed ? -1 : 0;

	for (struct mail_file *f = o->first; f != NULL && status == 0; f = f->next)
		status = place(self, f, m);
	forget(s, o);
	return status;
}

/* Without the record its files have no names: they cannot be held. */
static bool
hold(struct mail_files *s, struct open_mail *o, const struct rec_message *m, gate_ticket ticket)
{
	struct open_mail *first = map_take(&s->held, o->session), **end = &first;

	o->arena = arena_new_counted(LIMIT_RECORD_ARENA, &s->memory);
	o->record = message_copy(o->arena, m);
	o->ticket = ticket;
	o->open = NULL;
	if (o->record != NULL) {
		while (*end != NULL)
			end = &(*end)->next_held;
		*end = o;
	}
	if (first != NULL)
		map_put(&s->held, o->session, first);
	return o->record != NULL;
}

static int
on_message(struct mail_files *s, const struct rec_message *m, mail_files_placer *place, void *self)
{
	struct open_mail *o = find(s, m->session->number, m->mail, m->server_reading);
	gate_ticket ticket;
	enum truth verdict = gate_message(s->options->gate, m, &ticket);

	if (o == NULL)
		return 0;			/* no content began */
	if (verdict == TRUTH_UNSURE && hold(s, o, m, ticket))
		return 0;
	if (verdict != TRUTH_NO)
		return place_all(s, o, m, place, self);
	forget(s, o);
	return 0;
}

static int
on_session(struct mail_files *s, uint64_t session, mail_files_placer *place, void *self)
{
	struct open_mail *o = map_take(&s->held, session), *next;
	int status = 0;

	for (; o != NULL; o = next) {
		next = o->next_held;
		if (status == 0 && gate_redeem(s->options->gate, session, o->ticket))
			status = place_all(s, o, o->record, place, self);
		else
			forget(s, o);
	}
	return status;
}

int
mail_files_record(struct mail_files *s, const struct record *r, mail_files_placer *place, void *self)
{
	if (r->kind == REC_MESSAGE)
		return on_message(s, r->u.message, place, self);
	return r->kind == REC_SESSION ? on_session(s, r->u.session->number, place, self) : 0;
}

/* --- into their places --- */

static void
count(struct mail_files *s, const struct manifest_entry *e)
{
	s->totals.files++;
	s->totals.partial += !e->whole;
	s->totals.kept += e->kept;
	s->totals.bytes += e->size;
}

int
mail_files_place(struct mail_files *s, struct mail_file *f, struct manifest_entry *e)
{
	uint8_t sha256[SHA256_SIZE];

	e->size = folder_written(f->file);
	e->gap = f->gap;
	e->ngap = f->ngap;
	if (e->sha256 == NULL) {
		if (folder_digest(f->file, sha256) < 0)
			return -1;
		e->sha256 = sha256;
	}
	switch (folder_place(&f->file, e->name)) {
	case FOLDER_FAILED:
		return -1;
	case FOLDER_TAKEN:
		s->totals.differing++;
		return 0;
	case FOLDER_KEPT:
		e->kept = true;
		break;
	case FOLDER_PLACED:
		break;
	}
	count(s, e);
	return manifest_add(&s->manifest, s->options, e);
}

int
mail_files_close(struct mail_files *s, bool failed)
{
	struct open_mail *m;
	size_t cursor = 0;
	int status = 0;

	while ((m = map_next(&s->mails, &cursor)) != NULL) {
		forget(s, m);
		cursor = 0;			/* the map has changed */
	}
	s->totals.failed = failed || s->totals.differing > 0;
	if (s->has_manifest)
		status = manifest_close(&s->manifest, &s->totals);
	if (s->totals.differing > 0)
		status = -1;
	map_fini(&s->mails);
	map_fini(&s->held);
	folder_free(&s->folder);
	return status;
}

int
mail_files_sink(const struct output *where, const struct output_options *options, const struct sink_ops *ops, uint32_t wants,
    struct sink *sink_r)
{
	struct mail_files *s = xcalloc(1, sizeof *s);

	if (!mail_files_open(s, where->path, options, true)) {
		free(s);
		return -1;
	}
	*sink_r = (struct sink){ .ops = ops, .self = s, .wants = wants };
	return 0;
}

int
mail_files_reopen(void *self)
{
	struct mail_files *s = self;

	return manifest_reopen(&s->manifest, s->options);
}

size_t
mail_files_memory(void *self)
{
	const struct mail_files *s = self;

	return s->memory;
}

void
mail_files_wrote(void *self, struct sink_wrote *wrote_r)
{
	const struct mail_files *s = self;

	*wrote_r = (struct sink_wrote){ .files = s->totals.files, .partial = s->totals.partial, .bytes = s->totals.bytes };
}

int
mail_files_sink_close(void *self, bool failed)
{
	int status = mail_files_close(self, failed);

	free(self);
	return status;
}
