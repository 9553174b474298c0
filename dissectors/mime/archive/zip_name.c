#include "zip_name.h"

#include "base/charset.h"
#include "base/read.h"
#include "base/utf8.h"

enum { UNICODE_PATH = 0x7075 };

slice
zip_extra(slice extra, uint16_t tag)
{
	struct reader r = reader_of(extra);

	while (r.rest.n >= 4) {
		uint16_t id = read_le16(&r);
		slice data = read_bytes(&r, read_le16(&r));

		if (id == tag)
			return data;
	}
	return SLICE_NONE;
}

/* CRC-32 of ISO 3309, bit by bit: names are short. */
static uint32_t
crc32_of(slice s)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= s.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* Version 1, the checksum of the plain name, then the name in UTF-8. */
static slice
unicode_path(slice raw, slice extra)
{
	struct reader r = reader_of(zip_extra(extra, UNICODE_PATH));

	if (read_u8(&r) != 1 || read_le32(&r) != crc32_of(raw) || r.short_of || !utf8_valid(r.rest))
		return SLICE_NONE;
	return r.rest;
}

void
zip_name(slice raw, slice extra, struct buf *out)
{
	slice better = unicode_path(raw, extra);

	if (better.n > 0)
		buf_add(out, better);
	else if (utf8_valid(raw))
		buf_add(out, raw);
	else
		charset_to_utf8(S("cp437"), raw, out);
}
