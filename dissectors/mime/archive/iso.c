/*
 * iso.c - CD images: ISO 9660 (ECMA-119) and Joliet, listed as they stream by.
 *
 * Directories are runs of sectors that their parents point to; programs that
 * make images put them before the files and parents before children, so all of
 * them come by after they are known of. If there are Joliet names, those are
 * told, for those are what Windows shows.
 *
 * BUGS: a directory that stands before the one that points to it is not
 * listed. Rock Ridge names and UDF are not read.
 */
#include <stdlib.h>

#include "archive.h"
#include "base/charset.h"
#include "base/err.h"
#include "base/read.h"
#include "dissectors/mime/header/judge.h"

enum {
	SECTOR = 2048, FIRST_DESCRIPTOR = 16,
	PRIMARY = 1, SUPPLEMENTARY = 2, TERMINATOR = 255,
	LABEL_AT = 40, LABEL_SIZE = 32, ESCAPES_AT = 88, ROOT_AT = 156,
	IS_DIRECTORY = 2
};

struct directory {
	uint64_t at;			/* where it begins, in sectors */
	uint64_t sectors;
	struct buf path;		/* "a/b/", or empty */
};

struct iso {
	struct archive *archive;
	unsigned depth;
	uint64_t offset;
	struct buf sector;		/* one that is wanted */
	bool lost;			/* this is no image, or nothing more can be known */
	bool descriptors_read, joliet;
	struct buf label;
	struct directory *directory;	/* in no order */
	size_t ndirectory;
	struct directory now;		/* the one that is being read, if sectors > 0 */
	struct buf executable;
};

static void
open_iso(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	struct iso *o = state;

	(void)kind;
	(void)name;
	o->archive = a;
	o->depth = depth;
	buf_init(&o->sector, SECTOR);
	buf_init(&o->label, 4 * LABEL_SIZE);
	buf_init(&o->executable, LIMIT_FILE_NAME);
}

static void
add_directory(struct iso *o, uint32_t at, uint32_t size, slice path)
{
	struct directory *d;

	if (at <= o->offset / SECTOR || size == 0)
		return;
	if (o->ndirectory == LIMIT_ISO_FOLDERS) {
		o->archive->truncated = true;
		return;
	}
	o->directory = xrealloc(o->directory, o->ndirectory + 1, sizeof *o->directory);
	d = &o->directory[o->ndirectory++];
	d->at = at;
	d->sectors = ((uint64_t)size + SECTOR - 1) / SECTOR;
	buf_init(&d->path, LIMIT_FILE_NAME);
	buf_add(&d->path, path);
}

static void
drop_directories(struct iso *o)
{
	for (size_t i = 0; i < o->ndirectory; i++)
		buf_fini(&o->directory[i].path);
	o->ndirectory = 0;
}

/* Descriptors */

/* Names are in UCS-2 if the escape sequence says so (Joliet specification, "SVD Escape Sequences"). */
static bool
is_joliet(slice descriptor)
{
	slice escape = slice_drop(descriptor, ESCAPES_AT);

	return descriptor.p[0] == SUPPLEMENTARY
	    && (slice_starts(escape, S("%/@")) || slice_starts(escape, S("%/C")) || slice_starts(escape, S("%/E")));
}

static void
add_text(const struct iso *o, slice raw, struct buf *out)
{
	if (o->joliet)
		charset_to_utf8(S("utf-16be"), slice_take(raw, raw.n & ~(size_t)1), out);
	else
		buf_add(out, raw);
}

/* A number stands in both byte orders; the first is little-endian. */
static void
add_record(struct iso *o, slice record, slice path)
{
	struct reader r = reader_of(slice_drop(record, 2));
	uint32_t at = read_le32(&r), size;

	read_skip(&r, 4);
	size = read_le32(&r);
	if (!r.short_of)
		add_directory(o, at, size, path);
}

static void
read_volume(struct iso *o, slice descriptor)
{
	struct buf label;
	slice text, padding;

	o->joliet = is_joliet(descriptor);
	buf_init(&label, o->label.max);
	add_text(o, slice_take(slice_drop(descriptor, LABEL_AT), LABEL_SIZE), &label);
	slice_cut(buf_slice(&label), 0, &text, &padding);
	buf_clear(&o->label);
	buf_add(&o->label, slice_trim(text));
	buf_fini(&label);
	drop_directories(o);
	add_record(o, slice_drop(descriptor, ROOT_AT), SLICE_NONE);
}

static void
read_descriptor(struct iso *o, slice descriptor)
{
	if (!slice_starts(slice_drop(descriptor, 1), S("CD001"))) {
		o->lost = !o->descriptors_read && o->ndirectory == 0;
		o->descriptors_read = true;
	} else if (descriptor.p[0] == TERMINATOR) {
		o->descriptors_read = true;
	} else if (descriptor.p[0] == PRIMARY ? !o->joliet : is_joliet(descriptor)) {
		read_volume(o, descriptor);
	}
}

/* Directories */

/* "README.TXT;1" is version 1 of a file, and without an extension the dot stays (ECMA-119 7.5). */
static slice
plain_name(slice name)
{
	size_t end;

	if (slice_find(name, ';', &end))
		name = slice_take(name, end);
	if (name.n > 1 && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

static void
tell(struct iso *o, slice name, uint32_t size, bool directory)
{
	archive_member(o->archive, &(struct opener_member){
	    .name = name, .size = size, .packed = size, .directory = directory, .depth = o->depth });
	if (!directory && o->executable.n == 0 && name_is_executable(name))
		buf_add(&o->executable, name);
}

static void
read_entry(struct iso *o, slice record)
{
	struct reader r = reader_of(slice_drop(record, 10));
	uint32_t size = read_le32(&r);
	struct buf raw, path;
	slice name;
	bool directory;

	read_skip(&r, 11);
	directory = read_u8(&r) & IS_DIRECTORY;
	read_skip(&r, 6);
	name = read_bytes(&r, read_u8(&r));
	if (r.short_of || name.n == 0 || (name.n == 1 && name.p[0] <= 1))	/* itself, and its parent */
		return;
	buf_init(&raw, LIMIT_FILE_NAME);
	buf_init(&path, LIMIT_FILE_NAME);
	add_text(o, name, &raw);
	buf_add(&path, buf_slice(&o->now.path));
	buf_add(&path, plain_name(buf_slice(&raw)));
	if (directory)
		buf_text(&path, "/");
	tell(o, buf_slice(&path), size, directory);
	if (directory)
		add_record(o, record, buf_slice(&path));
	buf_fini(&raw);
	buf_fini(&path);
}

/* Entries do not cross the end of a sector; a length of 0 ends them there. */
static void
read_directory(struct iso *o, slice sector)
{
	while (sector.n > 0 && sector.p[0] > 33 && sector.p[0] <= sector.n) {
		read_entry(o, slice_take(sector, sector.p[0]));
		sector = slice_drop(sector, sector.p[0]);
	}
}

/* The next directory is the one that begins first; those that are behind us are gone. Returns whether it begins here. */
static bool
begin_directory(struct iso *o)
{
	uint64_t here = o->offset / SECTOR;

	for (size_t i = o->ndirectory; i-- > 0; ) {
		struct directory d = o->directory[i];

		if (d.at > here)
			continue;
		o->directory[i] = o->directory[--o->ndirectory];
		if (d.at == here && o->now.sectors == 0)
			o->now = d;
		else
			buf_fini(&d.path);
	}
	return o->now.sectors > 0;
}

static void
end_sector(struct iso *o, slice sector)
{
	if (!o->descriptors_read) {
		read_descriptor(o, sector);
		return;
	}
	read_directory(o, sector);
	if (--o->now.sectors == 0)
		buf_fini(&o->now.path);
}

/* Sectors */

/* How many bytes from here are of no interest; 0: this sector is. */
static uint64_t
idle(struct iso *o)
{
	uint64_t here = o->offset / SECTOR, next = UINT64_MAX / SECTOR;

	if (o->sector.n > 0)
		return 0;
	if (o->offset % SECTOR != 0)
		return SECTOR - o->offset % SECTOR;
	if (here < FIRST_DESCRIPTOR)
		return (FIRST_DESCRIPTOR - here) * SECTOR;
	if (!o->descriptors_read || o->now.sectors > 0 || begin_directory(o))
		return 0;
	for (size_t i = 0; i < o->ndirectory; i++)
		if (o->directory[i].at < next)
			next = o->directory[i].at;
	o->lost = o->ndirectory == 0;
	return (next - here) * SECTOR;
}

static slice
take_sector(struct iso *o, slice s)
{
	slice part = slice_take(s, SECTOR - o->sector.n);

	buf_add(&o->sector, part);
	if (o->sector.n == SECTOR) {
		end_sector(o, buf_slice(&o->sector));
		buf_clear(&o->sector);
	}
	o->offset += part.n;
	return slice_drop(s, part.n);
}

static void
feed(void *state, slice s)
{
	struct iso *o = state;

	while (s.n > 0 && !o->lost) {
		uint64_t skip = idle(o);

		if (skip > 0) {
			slice part = slice_take(s, skip < SIZE_MAX ? (size_t)skip : SIZE_MAX);

			o->offset += part.n;
			s = slice_drop(s, part.n);
		} else {
			s = take_sector(o, s);
		}
	}
}

static enum magic
close_iso(void *state, bool whole)
{
	struct iso *o = state;
	const struct opener_user *u = o->archive->user;
	bool is_one = o->descriptors_read && (o->label.n > 0 || o->joliet || o->archive->members > 0);

	(void)whole;
	if (o->depth == 0 && o->label.n > 0)
		u->fact(u->self, 0, S("volume"), buf_slice(&o->label));
	archive_executable(o->archive, buf_slice(&o->executable));
	drop_directories(o);
	free(o->directory);
	buf_fini(&o->now.path);
	buf_fini(&o->sector);
	buf_fini(&o->label);
	buf_fini(&o->executable);
	return is_one ? MAGIC_ISO : MAGIC_NONE;
}

static bool
done(const void *state)
{
	const struct iso *o = state;

	return o->lost;
}

static size_t
memory(const void *state)
{
	const struct iso *o = state;
	size_t n = o->sector.cap + o->label.cap + o->executable.cap + o->now.path.cap + o->ndirectory * sizeof *o->directory;

	for (size_t i = 0; i < o->ndirectory; i++)
		n += o->directory[i].path.cap;
	return n;
}

const struct format iso_format = {
	.kind = MAGIC_ISO, .state_size = sizeof(struct iso), .open = open_iso, .feed = feed, .close = close_iso, .memory = memory,
	.done = done,
};
