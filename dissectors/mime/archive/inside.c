#include "archive.h"

#include <stdlib.h>

#include "base/err.h"
#include "dissectors/mime/header/judge.h"

void
inside_tell(struct inside *in)
{
	if (in->told)
		return;
	in->told = true;
	archive_member(in->archive, &in->member);
}

void
inside_begin(struct inside *in, struct archive *a, const struct opener_member *m)
{
	*in = (struct inside){ .archive = a, .member = *m };
	buf_init(&in->name, LIMIT_FILE_NAME);
	buf_init(&in->head, LIMIT_SNIFF);
	buf_add(&in->name, m->name);
	in->member.name = buf_slice(&in->name);
	a->open[m->depth] = in;
	if (m->size != UINT64_MAX)
		inside_tell(in);
}

static bool
may_open(struct inside *in)
{
	if (in->member.depth < LIMIT_ARCHIVE_DEPTH)
		return true;
	in->archive->truncated = true;
	return false;
}

static void
decide(struct inside *in)
{
	slice head = buf_slice(&in->head);
	enum magic kind;

	in->decided = true;
	in->found = magic_find(head);
	kind = format_guess(in->found, head, in->member.name);
	if (kind == MAGIC_NONE || in->archive->over || !may_open(in))
		return;
	in->format = format_find(kind);
	in->state = xcalloc(1, in->format->state_size);
	in->format->open(in->state, in->archive, in->member.depth + 1, kind, in->member.name);
	in->format->feed(in->state, head);
}

void
inside_feed(struct inside *in, slice s)
{
	if (!in->decided) {
		slice part = slice_take(s, LIMIT_SNIFF - in->head.n);

		buf_add(&in->head, part);
		if (in->head.n < LIMIT_SNIFF)
			return;
		decide(in);
		s = slice_drop(s, part.n);
	}
	if (in->format != NULL && s.n > 0 && !in->archive->over)
		in->format->feed(in->state, s);
}

size_t
inside_wants(const struct inside *in)
{
	if (!in->decided)
		return LIMIT_SNIFF - in->head.n;
	if (in->format == NULL || (in->format->done != NULL && in->format->done(in->state)))
		return 0;
	return SIZE_MAX;
}

static bool
runs(const struct inside *in)
{
	enum magic_class class = magic_type(in->found)->class;

	return class == CLASS_EXECUTABLE || class == CLASS_SCRIPT || name_is_executable(in->member.name);
}

static void
close_format(struct inside *in, bool whole)
{
	enum magic known = in->format->close(in->state, whole && !in->archive->over);

	if (known != MAGIC_NONE)
		in->found = known;
	free(in->state);
}

void
inside_end(struct inside *in, bool whole, uint64_t size, uint64_t packed, struct buf *executable)
{
	if (in->archive == NULL)
		return;
	if (!in->decided)
		decide(in);
	if (in->format != NULL)
		close_format(in, whole);
	if (!in->told) {
		in->member.size = size;
		in->member.packed = packed;
		inside_tell(in);
	}
	if (executable->n == 0 && !in->member.directory && runs(in))
		buf_add(executable, in->name.n > 0 ? buf_slice(&in->name) : slice_of(magic_type(in->found)->media));
	buf_fini(&in->name);
	buf_fini(&in->head);
	in->archive->open[in->member.depth] = NULL;
	*in = (struct inside){ .archive = NULL };
}

size_t
inside_memory(const struct inside *in)
{
	size_t n = in->name.cap + in->head.cap;

	if (in->format != NULL)
		n += in->format->state_size + (in->format->memory ? in->format->memory(in->state) : 0);
	return n;
}
