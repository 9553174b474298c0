/* The readers of archives other than ZIP and gzip: what is told, wherever it is cut. */
#include "mime_tells.h"

static void
put_tar_header(struct buf *b, const char *name, char kind, unsigned size)
{
	uint8_t block[512] = { 0 };
	unsigned sum = 0;

	strncpy((char *)block, name, 100);
	snprintf((char *)block + 124, 12, "%011o", size);
	memcpy(block + 257, "ustar\0" "00", 8);
	memset(block + 148, ' ', 8);
	block[156] = (uint8_t)kind;
	for (size_t i = 0; i < sizeof block; i++)
		sum += block[i];
	snprintf((char *)block + 148, 8, "%06o", sum);
	buf_add(b, (slice){ block, sizeof block });
}

static void
put_tar(struct buf *b, const char *name, char kind, slice content)
{
	put_tar_header(b, name, kind, (unsigned)content.n);
	buf_add(b, content);
	while (b->n % 512 != 0)
		buf_add_byte(b, 0);
}

static void
test_tar(void **state)
{
	static const slice zip = SLICE("PK\3\4\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0x");
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	put_tar(&b, "dir/", '5', SLICE_NONE);
	put_tar(&b, "dir/a", '0', S("hello"));
	put_tar(&b, "././@LongLink", 'L', S("a/very/long/name\0"));
	put_tar(&b, "a/very/lo", '0', S("hi"));
	put_tar(&b, "pax", 'x', S("12 path=new\n10 size=4\n"));
	put_tar(&b, "old", '0', S("four"));
	put_tar(&b, "link", '2', SLICE_NONE);
	put_tar(&b, "in.zip", '0', zip);
	tells(&unknown, buf_slice(&b), "member \"dir/\" 0/0\nmember \"dir/a\" 5/5\nmember \"a/very/long/name\" 2/2\nmember \"new\" 4/4\n"
	    "member \"link\" 0/0\nmember \"in.zip\" 31/31\nmember \"x\" 0/0\nis application/x-tar");
	buf_fini(&b);
}

/*
 * Bombs: a tape archive with a file of zeroes. In zlib's deflate of zeroes a run of 258 and its distance have codes of one bit, so that a byte is 1032
 * of them. What has to be unpacked comes to an end, and what stands in clear is listed all the same.
 */
static void
test_bomb(void **state)
{
	static const slice zeroes = SLICE("\xed\xc1\x31\1\0\0\0\xc2\xa0\xf5\x4f\x6d\x08\x5f\xa0");
	struct buf tgz, b;

	(void)state;
	buf_init(&tgz, 1 << 20);
	buf_init(&b, 1 << 20);
	buf_add(&tgz, S("\x1f\x8b\x08\0\0\0\0\0\0\3\0\0\2\xff\xfd"));		/* then a stored block of 512 bytes */
	put_tar_header(&tgz, "zeroes", '0', 1 << 30);
	buf_add(&tgz, zeroes);
	for (int i = 0; i < 30000; i++)
		buf_add_byte(&tgz, 0);
	tells(&unknown, buf_slice(&tgz), "member \"\"\nmember \"zeroes\" 1073741824/1073741824\nis application/gzip, truncated");
	put_zip(&b, (struct file[]){ { .name = "a.tgz", .content = buf_slice(&tgz) }, { .name = "b.txt", .content = SLICE("hi"), .method = DEFLATE },
	    { .name = "c.tgz", .content = buf_slice(&tgz) } }, 3);
	tells(&unknown, buf_slice(&b), "member \"a.tgz\" 30542/30542\nmember \"a.tar\"\nmember \"zeroes\" 1073741824/1073741824\n"
	    "member \"b.txt\" 2/7\nmember \"c.tgz\" 30542/30542\nis application/zip, truncated");
	/* Without that: only counted, and what it says of its size is a lie. */
	buf_clear(&tgz);
	buf_add(&tgz, S("\x1f\x8b\x08\0\0\0\0\0\0\3"));
	buf_add(&tgz, zeroes);
	for (int i = 0; i < 30000; i++)
		buf_add_byte(&tgz, 0);
	tells(&unknown, buf_slice(&tgz), "member \"\"/30025\nis application/gzip");
	buf_fini(&tgz);
	buf_fini(&b);
}

/* A directory entry of a compound file. */
static void
put_entry_ole2(struct buf *b, const char *name, uint8_t type, slice class)
{
	uint8_t entry[128] = { 0 };

	for (size_t i = 0; name[i] != '\0'; i++)
		entry[2 * i] = (uint8_t)name[i];
	entry[64] = (uint8_t)(2 * strlen(name) + 2);
	entry[66] = type;
	if (class.n > 0)
		memcpy(entry + 80, class.p, class.n);
	buf_add(b, (slice){ entry, sizeof entry });
}

static void
put_head_ole2(struct buf *b)
{
	uint8_t zeros[504] = { 0 };

	buf_add(b, S("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
	buf_add(b, (slice){ zeros, sizeof zeros });
}

static void
test_ole2(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	put_head_ole2(&b);
	tells(&unknown, buf_slice(&b), "is application/x-ole-storage");
	put_entry_ole2(&b, "Root Entry", 5, S("\x06\x09\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"));
	tells(&unknown, buf_slice(&b), "is application/msword");
	put_entry_ole2(&b, "Macros", 1, SLICE_NONE);
	put_entry_ole2(&b, "_VBA_PROJECT", 2, SLICE_NONE);
	tells(&unknown, buf_slice(&b), "finding mime.macro: Macros\nis application/msword");
	buf_clear(&b);
	put_head_ole2(&b);
	put_entry_ole2(&b, "Root Entry", 5, SLICE_NONE);
	put_entry_ole2(&b, "EncryptionInfo", 2, SLICE_NONE);
	put_entry_ole2(&b, "EncryptedPackage", 2, SLICE_NONE);
	tells(&(struct content_about){ .filename = SLICE("secret.docx") }, buf_slice(&b),
	    "finding mime.archive-encrypted: secret.docx: EncryptedPackage\nis application/encrypted");
	buf_fini(&b);
}

/* RAR, version 4 */

static void
put_rar4(struct buf *b, uint8_t type, unsigned flags, slice body)
{
	le(b, 0, 2);
	le(b, type, 1);
	le(b, flags, 2);
	le(b, body.n + 7, 2);
	buf_add(b, body);
}

static void
put_file4(struct buf *b, unsigned flags, slice name, slice content)
{
	struct buf body;

	buf_init(&body, 1000);
	le(&body, content.n, 4);
	le(&body, content.n * 2, 4);
	le(&body, 0, 9);
	le(&body, 20 | 0x30 << 8, 2);
	le(&body, name.n, 2);
	le(&body, 0, 4);
	if (flags & 0x100) {
		le(&body, 0, 4);
		le(&body, 1, 4);
	}
	buf_add(&body, name);
	put_rar4(b, 0x74, flags | 0x8000, buf_slice(&body));
	buf_add(b, content);
	buf_fini(&body);
}

static void
test_rar4(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10000);
	buf_text(&b, "Rar!\x1a\7");
	buf_add_byte(&b, 0);
	put_rar4(&b, 0x73, 0, S("\0\0\0\0\0\0"));
	put_file4(&b, 0, S("dir\\a.txt"), S("hello"));
	put_file4(&b, 0xe0, S("dir"), SLICE_NONE);
	put_file4(&b, 0x100, S("big"), S("x"));
	put_file4(&b, 4, S("secret"), S("Rar!"));
	/* Common high byte 04; three letters with it, then a run of the plain name, then one with both bytes. */
	put_file4(&b, 0x200, S("???.js?\0\x04\x57\x30\x31\x32\1\x80\xac\x20"), S(""));
	put_rar4(&b, 0x7b, 0x4000, S(""));
	put_file4(&b, 0, S("behind the end"), SLICE_NONE);
	tells(&unknown, buf_slice(&b), "member \"dir\\a.txt\" 10/5\nmember \"dir\" 0/0\nmember \"big\" 4294967298/1\n"
	    "finding mime.archive-encrypted: secret\nmember \"secret\" 8/4 encrypted\nmember \"\xd0\xb0\xd0\xb1\xd0\xb2.js\xe2\x82\xac\" 0/0\n"
	    "is application/vnd.rar");
	buf_clear(&b);
	buf_text(&b, "Rar!\x1a\7");
	buf_add_byte(&b, 0);
	put_rar4(&b, 0x73, 0x80, S("\0\0\0\0\0\0"));
	buf_text(&b, "salt and so on, which is no header at all");
	tells(&unknown, buf_slice(&b), "finding mime.archive-encrypted: headers\nis application/vnd.rar");
	buf_fini(&b);
}

/* RAR, version 5 */

static void
put_rar5(struct buf *b, slice header, slice data)
{
	le(b, 0, 4);
	le(b, header.n, 1);
	buf_add(b, header);
	buf_add(b, data);
}

static void
test_rar5(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10000);
	buf_text(&b, "Rar!\x1a\7\1");
	buf_add_byte(&b, 0);
	put_rar5(&b, S("\1\0\0"), SLICE_NONE);
	put_rar5(&b, S("\2\2\5\4\x85\1\0" "CRC4\0\1\5a.txt"), S("hello"));		/* 133 bytes, in two bytes of seven bits */
	put_rar5(&b, S("\2\0\1\0\0\0\1\3dir"), SLICE_NONE);
	put_rar5(&b, S("\3\2\4\0\0"), S("PK\3\4"));				/* a service header with data */
	put_rar5(&b, S("\2\3\3\2\0\2\0\0\1\5x.exe\2\1\0"), S("hi"));		/* an extra record of encryption */
	put_rar5(&b, S("\5\0\0"), SLICE_NONE);
	put_rar5(&b, S("\2\0\0\0\0\0\1\4late"), SLICE_NONE);
	tells(&unknown, buf_slice(&b), "member \"a.txt\" 133/5\nmember \"dir\" 0/0\nfinding mime.archive-encrypted: x.exe\n"
	    "member \"x.exe\" 2/2 encrypted\nfinding mime.executable: x.exe\nis application/vnd.rar");
	buf_clear(&b);
	buf_text(&b, "Rar!\x1a\7\1");
	buf_add_byte(&b, 0);
	put_rar5(&b, S("\4\0\0\0\x0f"), SLICE_NONE);
	tells(&unknown, buf_slice(&b), "finding mime.archive-encrypted: headers\nis application/vnd.rar");
	buf_fini(&b);
}

static void
test_sevenzip(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_add(&b, S("7z\xbc\xaf\x27\x1c\0\4\0\0\0\0"));
	le(&b, 5, 8);
	le(&b, 20, 8);
	le(&b, 0, 4);
	buf_text(&b, "data!");
	buf_add(&b, S("\x17\6\1\x09\x40\0\7\x0b\1\0\1\x24\6\xf1\7\1\x0a\x53\7\xac"));
	tells(&unknown, buf_slice(&b), "finding mime.archive-encrypted: headers\nis application/x-7z-compressed");
	b.p[b.n - 5] = 2;
	tells(&unknown, buf_slice(&b), "is application/x-7z-compressed");
	buf_fini(&b);
}

static void
test_cab(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_add(&b, S("MSCF\0\0\0\0\0\1\0\0\0\0\0\0"));
	le(&b, 44, 4);
	le(&b, 0, 4);
	le(&b, 0x0103, 2);
	le(&b, 1, 2);
	le(&b, 2, 2);
	le(&b, 0, 6);
	buf_text(&b, "a folder");
	le(&b, 1000, 4);
	le(&b, 0, 12);
	buf_add(&b, S("dir\\a.txt\0"));
	le(&b, 7, 4);
	le(&b, 0, 12);
	buf_add(&b, S("run.scr\0"));
	buf_text(&b, "what follows is data");
	tells(&unknown, buf_slice(&b), "member \"dir\\a.txt\" 1000\nmember \"run.scr\" 7\nfinding mime.executable: run.scr\n"
	    "is application/vnd.ms-cab-compressed");
	buf_fini(&b);
}

/* Images: sectors of 2048 bytes */

static void
pad_to(struct buf *b, size_t sector)
{
	while (b->n < sector * 2048)
		buf_add_byte(b, 0);
}

static void
put_record(struct buf *b, slice name, uint32_t at, uint32_t size, bool directory)
{
	size_t start = b->n;

	le(b, (33 + name.n + 1) & ~(size_t)1, 1);
	le(b, 0, 1);
	le(b, at, 8);
	le(b, size, 8);
	le(b, 0, 7);
	le(b, directory ? 2 : 0, 1);
	le(b, 0, 6);
	le(b, name.n, 1);
	buf_add(b, name);
	if ((b->n - start) % 2)
		buf_add_byte(b, 0);
}

static void
put_descriptor(struct buf *b, uint8_t type, slice label, slice escapes, uint32_t root, uint32_t size)
{
	size_t start = b->n;

	le(b, type, 1);
	buf_text(b, "CD001\1");
	buf_add_byte(b, 0);
	while (b->n < start + 40)
		buf_add_byte(b, ' ');
	buf_add(b, label);
	while (b->n < start + 72)
		buf_add_byte(b, ' ');
	while (b->n < start + 88)
		buf_add_byte(b, 0);
	buf_add(b, escapes);
	while (b->n < start + 156)
		buf_add_byte(b, 0);
	put_record(b, S("\0"), root, size, true);
	pad_to(b, start / 2048 + 1);
}

static void
test_iso(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	pad_to(&b, 16);
	put_descriptor(&b, 1, S("INVOICE"), SLICE_NONE, 20, 2048);
	put_descriptor(&b, 255, SLICE_NONE, SLICE_NONE, 0, 0);
	pad_to(&b, 20);
	put_record(&b, S("\0"), 20, 2048, true);
	put_record(&b, S("\1"), 20, 2048, true);
	put_record(&b, S("A.TXT;1"), 30, 5, false);
	put_record(&b, S("DIR"), 22, 2048, true);
	put_record(&b, S("README.;1"), 31, 6, false);
	pad_to(&b, 22);
	put_record(&b, S("\0"), 22, 2048, true);
	put_record(&b, S("RUN.LNK;1"), 32, 7, false);
	pad_to(&b, 33);
	tells(&unknown, buf_slice(&b), "member \"A.TXT\" 5/5\nmember \"DIR/\" 2048/2048\nmember \"README\" 6/6\nmember \"DIR/RUN.LNK\" 7/7\n"
	    "0 volume: INVOICE\nfinding mime.executable: DIR/RUN.LNK\nis application/x-iso9660-image");
	/* Zeroes alone are no image. */
	memset(b.p, 0, b.n);
	tells(&unknown, buf_slice(&b), "is unknown");
	buf_clear(&b);
	/* Joliet wins, and the file in an archive is looked into too. */
	pad_to(&b, 16);
	put_descriptor(&b, 1, S("SHORT"), SLICE_NONE, 20, 2048);
	put_descriptor(&b, 2, S("\0L\0o\0n\0g\0 \0 \0 \0 \0 \0 \0 \0 \0 \0\0\0\0\0\0"), S("%/E"), 21, 2048);
	put_descriptor(&b, 255, SLICE_NONE, SLICE_NONE, 0, 0);
	pad_to(&b, 20);
	put_record(&b, S("SHORT~1.TXT;1"), 30, 5, false);
	pad_to(&b, 21);
	put_record(&b, S("\0l\0o\0n\0g\x4e\x2d\0.\0t\0x\0t\0;\0\x31"), 30, 5, false);
	pad_to(&b, 31);
	tells(&(struct content_about){ .filename = SLICE("a.iso") }, buf_slice(&b),
	    "member \"long\xe4\xb8\xad.txt\" 5/5\n0 volume: Long\nfinding mime.executable: a.iso\nis application/x-iso9660-image");
	buf_fini(&b);
}

static void
test_onenote(void **state)
{
	static const slice mark = SLICE("\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac");
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_add(&b, S("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3 pages"));
	buf_add(&b, S("\xe7\x16\xe7\x16\xe3\xe7"));
	buf_add(&b, mark);
	le(&b, 11, 8);
	le(&b, 0, 8);
	le(&b, 0, 4);
	buf_text(&b, "@echo off\r\n and more pages");
	buf_add(&b, mark);
	le(&b, 0, 8);
	le(&b, 0, 8);
	le(&b, 0, 4);
	buf_text(&b, "the end");
	tells(&(struct content_about){ .filename = SLICE("a.one") }, buf_slice(&b), "member \"\" 11/11\nmember \"\" 0/0\n"
	    "finding mime.executable: a.one: text/x-msdos-batch\nis application/onenote");
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_ole2),
		cmocka_unit_test(test_rar4),
		cmocka_unit_test(test_rar5),
		cmocka_unit_test(test_sevenzip),
		cmocka_unit_test(test_cab),
		cmocka_unit_test(test_iso),
		cmocka_unit_test(test_onenote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
