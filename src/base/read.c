#include "read.h"

struct reader
reader_of(slice s)
{
	return (struct reader){ .rest = s };
}

slice
read_bytes(struct reader *r, size_t n)
{
	slice got;

	if (r->rest.n < n) {
		r->short_of = true;
		r->rest = SLICE_NONE;
		return SLICE_NONE;
	}
	got = slice_take(r->rest, n);
	r->rest = slice_drop(r->rest, n);
	return got;
}

void
read_skip(struct reader *r, size_t n)
{
	(void)read_bytes(r, n);
}

static uint64_t
big_endian(struct reader *r, size_t n)
{
	slice s = read_bytes(r, n);
	uint64_t value = 0;

	for (size_t i = 0; i < s.n; i++)
		value = value << 8 | s.p[i];
	return value;
}

static uint64_t
little_endian(struct reader *r, size_t n)
{
	slice s = read_bytes(r, n);
	uint64_t value = 0;

	for (size_t i = s.n; i-- > 0; )
		value = value << 8 | s.p[i];
	return value;
}

uint8_t  read_u8(struct reader *r)   { return (uint8_t)big_endian(r, 1); }
uint16_t read_be16(struct reader *r) { return (uint16_t)big_endian(r, 2); }
uint32_t read_be32(struct reader *r) { return (uint32_t)big_endian(r, 4); }
uint64_t read_be64(struct reader *r) { return big_endian(r, 8); }
uint16_t read_le16(struct reader *r) { return (uint16_t)little_endian(r, 2); }
uint32_t read_le32(struct reader *r) { return (uint32_t)little_endian(r, 4); }
uint64_t read_le64(struct reader *r) { return little_endian(r, 8); }
