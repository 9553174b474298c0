#include "tnef_file.h"

#include "base/limits.h"

void
tnef_file_init(struct tnef_file *f, const struct opener_user *user)
{
	*f = (struct tnef_file){ .user = user };
	buf_init(&f->title, LIMIT_FACT);
	buf_init(&f->name, LIMIT_FACT);
	buf_init(&f->display, LIMIT_FACT);
	buf_init(&f->type, LIMIT_FACT);
	buf_init(&f->id, LIMIT_FACT);
	buf_init(&f->held, LIMIT_TNEF_HELD);
}

void
tnef_file_fini(struct tnef_file *f)
{
	buf_fini(&f->title);
	buf_fini(&f->name);
	buf_fini(&f->display);
	buf_fini(&f->type);
	buf_fini(&f->id);
	buf_fini(&f->held);
}

slice
tnef_file_name(const struct tnef_file *f)
{
	const struct buf *name = f->name.n > 0 ? &f->name : f->title.n > 0 ? &f->title : &f->display;

	return buf_slice(name);
}

static struct opener_member
member_of(const struct tnef_file *f)
{
	return (struct opener_member){ .name = tnef_file_name(f), .size = UINT64_MAX, .packed = UINT64_MAX,
	    .content_type = buf_slice(&f->type), .content_id = buf_slice(&f->id) };
}

static void
tell(struct tnef_file *f, slice bytes)
{
	if (bytes.n > 0)
		f->user->unpack_bytes(f->user->self, bytes);
}

static void
tell_begin(struct tnef_file *f)
{
	struct opener_member m = member_of(f);

	if (f->terminator == 0)
		m.size = f->size;
	f->begun = true;
	f->user->unpack_begin(f->user->self, &m);
	tell(f, buf_slice(&f->held));
	buf_fini(&f->held);
}

void
tnef_file_begin(struct tnef_file *f, uint64_t size, unsigned terminator, bool at_once)
{
	f->content = true;
	f->complete = false;
	f->size = size;
	f->at = 0;
	f->ntail = 0;
	f->terminator = terminator <= size ? terminator : 0;
	if (at_once)
		tell_begin(f);
}

static void
add(struct tnef_file *f, slice bytes)
{
	if (!f->begun && bytes.n > LIMIT_TNEF_HELD - f->held.n)
		tell_begin(f);
	if (f->begun)
		tell(f, bytes);
	else
		buf_add(&f->held, bytes);
}

void
tnef_file_bytes(struct tnef_file *f, slice bytes)
{
	uint64_t end = f->size - f->terminator;
	size_t n = f->at >= end ? 0 : end - f->at < bytes.n ? (size_t)(end - f->at) : bytes.n;

	add(f, slice_take(bytes, n));
	for (size_t i = n; i < bytes.n && f->ntail < sizeof f->tail; i++)
		f->tail[f->ntail++] = bytes.p[i];
	f->at += bytes.n;
}

void
tnef_file_complete(struct tnef_file *f)
{
	static const uint8_t nul[2];
	slice tail = { f->tail, f->ntail };

	if (!slice_eq(tail, (slice){ nul, f->ntail }))
		add(f, tail);
	f->ntail = 0;
	f->complete = true;
}

void
tnef_file_end(struct tnef_file *f)
{
	if (f->content && !f->begun)
		tell_begin(f);
	if (f->begun) {
		f->user->unpack_end(f->user->self, f->complete);
	} else if (f->known) {
		struct opener_member m = member_of(f);

		f->user->member(f->user->self, &m);
	}
	f->content = f->begun = f->complete = f->known = false;
	f->ntail = 0;
	buf_fini(&f->held);
}

void
tnef_file_forget(struct tnef_file *f)
{
	buf_clear(&f->title);
	buf_clear(&f->name);
	buf_clear(&f->display);
	buf_clear(&f->type);
	buf_clear(&f->id);
}

size_t
tnef_file_memory(const struct tnef_file *f)
{
	return f->title.cap + f->name.cap + f->display.cap + f->type.cap + f->id.cap + f->held.cap;
}
