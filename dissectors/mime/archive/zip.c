/*
 * zip.c - ZIP as a stream (APPNOTE.TXT 6.3).
 *
 * Readers of files go by the central directory at the end; a stream has only
 * the local headers until then. Members are told by their local headers, and
 * those of the central directory that had none are told when it comes: what
 * one of the two hides, the other shows.
 *
 * A member's data is passed over by its size. Where the size stands behind the
 * data (bit 3 of the flags), the data is unpacked to find its end. The first
 * bytes of each member are unpacked to see what it is, and all of it if it is
 * an archive.
 *
 * BUGS: a local header with a wrong size hides what it covers until the
 * central directory, and that too if it covers it; then the members are known
 * from the last LIMIT_ZIP_TAIL bytes, if it fits there. A stored or encrypted
 * member whose size stands behind it ends where the next header seems to begin.
 */
#include "archive.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/inflate.h"
#include "base/map.h"
#include "base/read.h"
#include "dissectors/mime/header/judge.h"
#include "zip_name.h"

enum {
	LOCAL_SIZE = 30, CENTRAL_SIZE = 46,		/* with the signature */
	FLAG_ENCRYPTED = 1, FLAG_SIZES_BEHIND = 8, FLAG_MASKED = 0x2000,
	STORED = 0, DEFLATED = 8,
	ZIP64 = 1,
	END_SIZE = 22					/* of the record that ends the central directory */
};

enum step {
	FIND,			/* the next signature */
	HEADER,			/* its fixed part */
	NAME, EXTRAS,
	PASS,			/* a comment */
	DATA			/* of a member */
};

/* What names prove about the kind of file. */
enum proof {
	CONTENT_TYPES = 1, WORD = 2, EXCEL = 4, POWERPOINT = 8, VISIO = 16, VBA = 32, BINARY_SHEET = 64, JAVA = 128, ANDROID = 256
};

struct entry {
	bool central;
	uint16_t flags, method;
	uint64_t packed, size;
	size_t name, extra, comment;	/* lengths that are still to come */
};

struct zip {
	struct archive *archive;
	unsigned depth;
	enum magic kind;
	slice name;
	enum step step;
	struct buf held;		/* signature and fixed part */
	struct buf raw_name, extra;
	struct entry entry;
	uint64_t pass;			/* bytes to pass over */
	unsigned proof;
	struct map told;		/* by the digest of its name, how many members of the local headers */
	struct buf executable;		/* the first that can run */
	bool seen_central;
	struct buf tail;		/* of the outermost archive */
	bool at_end;			/* reading that: only the central directory counts */

	bool lost;			/* the end of a member cannot be known */
	bool sized;			/* `left` bytes of data follow */
	uint64_t left, packed, unpacked;
	struct inside inside;
	bool inflating;
	struct inflate *inflate;	/* kept from member to member */
};

static void
open_zip(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	struct zip *z = state;

	z->archive = a;
	z->depth = depth;
	z->kind = kind;
	z->name = depth > 0 ? name : SLICE_NONE;
	buf_init(&z->held, CENTRAL_SIZE);
	buf_init(&z->raw_name, LIMIT_ARCHIVE_HEADER);
	buf_init(&z->extra, LIMIT_ARCHIVE_HEADER);
	buf_init(&z->executable, LIMIT_FILE_NAME);
	buf_init(&z->tail, 2 * LIMIT_ZIP_TAIL);
}

/* What a name tells */

static const struct { slice name; bool prefix; unsigned proof; } proofs[] = {
	{ SLICE("[Content_Types].xml"), false, CONTENT_TYPES },
	{ SLICE("word/"), true, WORD },
	{ SLICE("xl/"), true, EXCEL },
	{ SLICE("xl/workbook.bin"), false, BINARY_SHEET },
	{ SLICE("ppt/"), true, POWERPOINT },
	{ SLICE("visio/"), true, VISIO },
	{ SLICE("META-INF/MANIFEST.MF"), false, JAVA },
	{ SLICE("AndroidManifest.xml"), false, ANDROID },
};

static slice
base_name(slice name)
{
	for (size_t i = name.n; i > 0; i--)
		if (name.p[i - 1] == '/' || name.p[i - 1] == '\\')
			return slice_drop(name, i);
	return name;
}

/* VBA in Office (MS-OVBA), macro sheets of Excel 4, Basic modules of OpenDocument. */
static bool
is_macro(const struct zip *z, slice name)
{
	if (slice_ieq(base_name(name), S("vbaProject.bin")) || slice_istarts(name, S("xl/macrosheets/sheet"))
	    || slice_istarts(name, S("xl/macrosheets/intlsheet")))
		return true;
	return (z->kind == MAGIC_ODT || z->kind == MAGIC_ODS || z->kind == MAGIC_ODP || z->kind == MAGIC_ODG)
	    && slice_istarts(name, S("Basic/")) && !slice_ieq(base_name(name), S("script-lc.xml"))
	    && !slice_ieq(base_name(name), S("script-lb.xml"));
}

static void
prove(struct zip *z, slice name)
{
	for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++)
		if (proofs[i].prefix ? slice_istarts(name, proofs[i].name) : slice_ieq(name, proofs[i].name))
			z->proof |= proofs[i].proof;
	if (is_macro(z, name)) {
		z->proof |= VBA;
		archive_macro(z->archive, z->name, name);
	}
}

static enum magic
office_kind(unsigned proof)
{
	bool macros = proof & VBA;

	if (proof & WORD)
		return macros ? MAGIC_DOCM : MAGIC_DOCX;
	if (proof & EXCEL)
		return proof & BINARY_SHEET ? MAGIC_XLSB : macros ? MAGIC_XLSM : MAGIC_XLSX;
	if (proof & POWERPOINT)
		return macros ? MAGIC_PPTM : MAGIC_PPTX;
	return proof & VISIO ? MAGIC_VSDX : MAGIC_ZIP;
}

static enum magic
proven_kind(const struct zip *z)
{
	if (z->kind != MAGIC_ZIP || z->proof == 0)
		return z->kind;
	if (z->proof & CONTENT_TYPES)
		return office_kind(z->proof);
	if (z->proof & ANDROID)
		return MAGIC_APK;
	return z->proof & JAVA ? MAGIC_JAR : MAGIC_ZIP;
}

/* Who was told already? Names are compared by digest, so that nobody can make two that look the same. */

static uint64_t
name_key(slice raw)
{
	uint8_t digest[SHA256_SIZE];
	struct reader r = reader_of((slice){ digest, sizeof digest });

	crypto_sha256(raw, digest);
	return read_le64(&r);
}

static void
remember(struct zip *z)
{
	uint64_t key = name_key(buf_slice(&z->raw_name));
	uintptr_t count = (uintptr_t)map_take(&z->told, key);

	if (z->told.n < LIMIT_MEMBERS)
		map_put(&z->told, key, (void *)(count + 1));
}

static bool
was_told(struct zip *z)
{
	uint64_t key = name_key(buf_slice(&z->raw_name));
	uintptr_t count = (uintptr_t)map_take(&z->told, key);

	if (count > 1)
		map_put(&z->told, key, (void *)(count - 1));
	return count > 0;
}

/* Members */

/* Sizes that do not fit stand in the extra field, in this order, each only if it is needed (APPNOTE 4.5.3). */
static void
widen(struct entry *e, slice extra)
{
	struct reader r = reader_of(zip_extra(extra, ZIP64));

	if (e->size == UINT32_MAX)
		e->size = read_le64(&r);
	if (e->packed == UINT32_MAX)
		e->packed = read_le64(&r);
	if (r.short_of)
		e->size = e->packed = UINT64_MAX;
}

static void
make_member(const struct zip *z, struct opener_member *m, struct buf *name)
{
	const struct entry *e = &z->entry;

	zip_name(buf_slice(&z->raw_name), buf_slice(&z->extra), name);
	*m = (struct opener_member){
		.name = buf_slice(name), .size = e->size, .packed = e->packed, .depth = z->depth,
		.encrypted = e->flags & (FLAG_ENCRYPTED | FLAG_MASKED),
		.directory = name->n > 0 && (name->p[name->n - 1] == '/' || name->p[name->n - 1] == '\\'),
	};
}

static void
note_member(struct zip *z, const struct opener_member *m)
{
	prove(z, m->name);
	if (m->encrypted)
		archive_encrypted(z->archive, z->name, m->name);
}

static void
begin_inflating(struct zip *z)
{
	if (z->inflate == NULL)
		z->inflate = inflate_new(INFLATE_DEFLATE);
	else
		inflate_reset(z->inflate);
	z->inflating = true;
}

static void
end_member(struct zip *z, bool whole, uint64_t size, uint64_t packed)
{
	inside_end(&z->inside, whole, size, packed, &z->executable);
	z->inflating = false;
	z->step = FIND;
}

static void
begin_member(struct zip *z)
{
	struct entry *e = &z->entry;
	struct opener_member m;
	struct buf name;
	bool later = e->flags & FLAG_SIZES_BEHIND && e->packed == 0;

	buf_init(&name, LIMIT_FILE_NAME);
	remember(z);
	make_member(z, &m, &name);
	if (later && !m.directory)
		m.size = m.packed = UINT64_MAX;
	note_member(z, &m);
	inside_begin(&z->inside, z->archive, &m);
	z->sized = m.packed != UINT64_MAX;
	z->left = m.packed;
	z->packed = z->unpacked = 0;
	z->step = DATA;
	if (!m.encrypted && e->method == DEFLATED && !m.directory && !z->archive->over)
		begin_inflating(z);
	else if (!z->sized || z->left == 0)
		end_member(z, true, UINT64_MAX, UINT64_MAX);
	buf_fini(&name);
}

/* A member of the central directory: all that had no local header is told from here. */
static void
tell_central(struct zip *z)
{
	struct opener_member m;
	struct buf name;

	if (was_told(z))
		return;
	buf_init(&name, LIMIT_FILE_NAME);
	make_member(z, &m, &name);
	note_member(z, &m);
	archive_member(z->archive, &m);
	if (z->executable.n == 0 && !m.directory && name_is_executable(m.name))
		buf_add(&z->executable, m.name);
	buf_fini(&name);
}

/* Data */

/*
 * Must more be unpacked? Where a reader was opened and is done, up to the end of the block, so that as much is counted however it was cut. The
 * head of a member is not counted: it costs no more than the header.
 */
static bool
needs_more(const struct zip *z)
{
	return !z->sized || inside_wants(&z->inside) > 0 || (z->inside.format != NULL && z->unpacked % ARCHIVE_BLOCK != 0);
}

static void
offer(struct zip *z, slice s)
{
	while (s.n > 0 && !z->archive->over && needs_more(z)) {
		size_t wants = inside_wants(&z->inside), block = ARCHIVE_BLOCK - z->unpacked % ARCHIVE_BLOCK;
		slice part = slice_take(s, z->inside.decided || wants > block ? block : wants);

		if (z->inside.decided || !z->sized)
			part.n = archive_allow(z->archive, z->depth, part.n);
		z->unpacked += part.n;
		if (wants > 0)
			inside_feed(&z->inside, part);
		s = slice_drop(s, part.n);
	}
}

/* Unpacks a piece. False: it ends here, or is damaged (then `inflating` is false too). */
static bool
inflate_piece(struct zip *z, slice *s)
{
	uint8_t room[ARCHIVE_BLOCK];
	size_t n, before;

	do {
		before = s->n;
		if (!inflate_run(z->inflate, s, room, sizeof room, &n)) {
			offer(z, (slice){ room, n });
			z->inflating = false;
			return false;
		}
		z->packed += before - s->n;
		offer(z, (slice){ room, n });
	} while ((n > 0 || s->n < before) && !z->archive->over && needs_more(z));
	return !inflate_whole(z->inflate);
}

/* Of a known size: looked into only as far as somebody wants. */
static slice
sized_data(struct zip *z, slice s)
{
	slice part = slice_take(s, z->left < SIZE_MAX ? (size_t)z->left : SIZE_MAX), rest = part;

	z->left -= part.n;
	if (z->inflating)
		z->inflating = inflate_piece(z, &rest) && needs_more(z) && !z->archive->over;
	else if (z->entry.method == STORED && !z->inside.member.encrypted && inside_wants(&z->inside) > 0)
		inside_feed(&z->inside, part);
	if (z->left == 0)
		end_member(z, true, UINT64_MAX, UINT64_MAX);
	return slice_drop(s, part.n);
}

/* Deflate says itself where it ends; if it is damaged, the next header must be found. */
static slice
unsized_data(struct zip *z, slice s)
{
	if (!inflate_piece(z, &s)) {
		bool whole = z->inflating;

		end_member(z, whole, whole ? z->unpacked : UINT64_MAX, whole ? z->packed : UINT64_MAX);
	}
	z->lost = z->archive->over;
	return s;
}

/* Headers */

static const slice local_mark = SLICE("PK\3\4"), central_mark = SLICE("PK\1\2"), end_mark = SLICE("PK\5\6");

static bool
may_be_mark(const struct zip *z, slice s)
{
	return (!z->at_end && slice_starts(local_mark, s)) || slice_starts(central_mark, s);
}

/* Finds the next header. What stands in between is of no interest: descriptors, other records, junk. */
static slice
find(struct zip *z, slice s)
{
	while (s.n > 0 && z->held.n < local_mark.n) {
		size_t at = 0;

		if (z->held.n == 0 && !slice_find(s, 'P', &at))
			return SLICE_NONE;
		buf_add_byte(&z->held, s.p[at]);
		if (!may_be_mark(z, buf_slice(&z->held))) {
			buf_clear(&z->held);
			if (s.p[at] == 'P')
				buf_add_byte(&z->held, 'P');
		}
		s = slice_drop(s, at + 1);
	}
	if (z->held.n == local_mark.n)
		z->step = HEADER;
	return s;
}

static void
read_header(struct zip *z)
{
	struct reader r = reader_of(slice_drop(buf_slice(&z->held), z->entry.central ? 8 : 6));
	struct entry *e = &z->entry;

	e->flags = read_le16(&r);
	e->method = read_le16(&r);
	read_skip(&r, 8);			/* time, date, CRC */
	e->packed = read_le32(&r);
	e->size = read_le32(&r);
	e->name = read_le16(&r);
	e->extra = read_le16(&r);
	e->comment = e->central ? read_le16(&r) : 0;
	buf_clear(&z->held);
	buf_clear(&z->raw_name);
	buf_clear(&z->extra);
	z->step = NAME;
}

static slice
header(struct zip *z, slice s)
{
	size_t want;

	z->entry.central = z->held.p[2] == 1;
	want = (z->entry.central ? CENTRAL_SIZE : LOCAL_SIZE) - z->held.n;
	buf_add(&z->held, slice_take(s, want));
	if (want <= s.n)
		read_header(z);
	return slice_drop(s, want);
}

/* A part of the header of which the beginning is kept. */
static slice
collect(struct buf *to, size_t *left, slice s)
{
	slice part = slice_take(s, *left);

	buf_add(to, part);
	*left -= part.n;
	return slice_drop(s, part.n);
}

static void
header_is_read(struct zip *z)
{
	widen(&z->entry, buf_slice(&z->extra));
	if (!z->entry.central) {
		begin_member(z);
		return;
	}
	z->seen_central = true;
	tell_central(z);
	z->pass = z->entry.comment;
	z->step = PASS;
}

static slice
pass(struct zip *z, slice s)
{
	slice part = slice_take(s, z->pass);

	z->pass -= part.n;
	if (z->pass == 0)
		z->step = FIND;
	return slice_drop(s, part.n);
}

static slice
step(struct zip *z, slice s)
{
	switch (z->step) {
	case FIND:
		return find(z, s);
	case HEADER:
		return header(z, s);
	case NAME:
		s = collect(&z->raw_name, &z->entry.name, s);
		if (z->entry.name == 0)
			z->step = EXTRAS;
		return s;
	case EXTRAS:
		s = collect(&z->extra, &z->entry.extra, s);
		if (z->entry.extra == 0)
			header_is_read(z);
		return s;
	case PASS:
		return pass(z, s);
	default:
		return z->sized ? sized_data(z, s) : unsized_data(z, s);
	}
}

/* Some steps may be of no length: they are done without waiting for more. */
static bool
needs_nothing(const struct zip *z)
{
	return (z->step == NAME && z->entry.name == 0) || (z->step == EXTRAS && z->entry.extra == 0) || (z->step == PASS && z->pass == 0)
	    || (z->step == DATA && z->sized && z->left == 0);
}

static void
run(struct zip *z, slice s)
{
	while ((s.n > 0 || needs_nothing(z)) && !z->lost)
		s = step(z, s);
}

static void
keep_tail(struct zip *z, slice s)
{
	if (z->depth > 0)
		return;
	if (z->tail.n + s.n > 2 * LIMIT_ZIP_TAIL)
		buf_drop(&z->tail, z->tail.n - LIMIT_ZIP_TAIL);
	buf_add(&z->tail, s);
}

static void
feed(void *state, slice s)
{
	struct zip *z = state;

	keep_tail(z, s);
	run(z, s);
}

/* What a member's data says it covers cannot be trusted any more: the next header will show where we are. */
static void
begin_again(struct zip *z)
{
	end_member(z, false, UINT64_MAX, UINT64_MAX);
	buf_clear(&z->held);
}

static void
gap(void *state)
{
	struct zip *z = state;

	begin_again(z);
	buf_clear(&z->tail);
}

/* No central directory was met, so something lied about its size: programs that open the file will find it from the end. */
static void
read_tail(struct zip *z)
{
	slice tail = buf_slice(&z->tail);

	for (size_t at = tail.n; at-- > 0; ) {
		slice end = slice_drop(tail, at);
		struct reader r = reader_of(slice_drop(end, 12));
		uint32_t size;

		if (!slice_starts(end, end_mark) || end.n < END_SIZE)
			continue;
		size = read_le32(&r);
		begin_again(z);
		z->at_end = true;
		run(z, slice_drop(tail, size < at ? at - size : 0));
		return;
	}
}

static enum magic
close_zip(void *state, bool whole)
{
	struct zip *z = state;
	enum magic kind;

	if (!z->seen_central && whole && z->depth == 0)
		read_tail(z);
	end_member(z, false, UINT64_MAX, UINT64_MAX);
	kind = proven_kind(z);
	if (magic_type(kind)->class == CLASS_ARCHIVE)		/* a program's own pieces, and a document's, are nobody's to start */
		archive_executable(z->archive, buf_slice(&z->executable));
	inflate_free(&z->inflate);
	map_fini(&z->told);
	buf_fini(&z->held);
	buf_fini(&z->raw_name);
	buf_fini(&z->extra);
	buf_fini(&z->executable);
	buf_fini(&z->tail);
	return kind != z->kind ? kind : MAGIC_NONE;
}

static size_t
memory(const void *state)
{
	const struct zip *z = state;

	return z->held.cap + z->raw_name.cap + z->extra.cap + z->executable.cap + z->tail.cap + inside_memory(&z->inside)
	    + z->told.size * sizeof *z->told.slot + (z->inflate ? INFLATE_MEMORY : 0);
}

const struct format zip_format = {
	.kind = MAGIC_ZIP, .state_size = sizeof(struct zip), .open = open_zip, .feed = feed, .gap = gap, .close = close_zip, .memory = memory,
};
