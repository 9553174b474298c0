/* content.c, and what is told of ZIP and gzip, wherever they are cut. */
#include "dissectors/mime/content/verdict.h"
#include "mime_tells.h"

static void
zip_tells(const struct content_about *about, const struct file *files, size_t n, const char *want)
{
	struct buf b;

	buf_init(&b, TOLD_MAX);
	put_zip(&b, files, n);
	tells(about, buf_slice(&b), want);
	buf_fini(&b);
}

#define ZIP_TELLS(want, ...)  do { \
		const struct file files_[] = { __VA_ARGS__ }; \
		zip_tells(&unknown, files_, COUNT(files_), want); \
	} while (0)

static void
test_plain(void **state)
{
	(void)state;
	tells(&unknown, S(""), "is unknown");
	tells(&unknown, S("hello"), "is text/plain");
	tells(&unknown, S("%PDF-1.4\n"), "is application/pdf");
}

static void
test_zip(void **state)
{
	(void)state;
	ZIP_TELLS("is application/zip", { .name = "", .no_local = true, .no_central = true });
	ZIP_TELLS("member \"a.txt\" 5/5\nmember \"dir/\" 0/0\nmember \"dir/b\" 3/8\nis application/zip",
	    { .name = "a.txt", .content = SLICE("hello") }, { .name = "dir/" }, { .name = "dir/b", .content = SLICE("abc"), .method = DEFLATE });
	/* Sizes stand behind the data: counted. */
	ZIP_TELLS("member \"a\" 5/10\nmember \"b\" 2/7\nis application/zip",
	    { .name = "a", .content = SLICE("hello"), .flags = BEHIND, .method = DEFLATE },
	    { .name = "b", .content = SLICE("hi"), .flags = BEHIND, .method = DEFLATE });
	/* Stored: the next header ends it. */
	ZIP_TELLS("member \"a\"\nmember \"b\" 2/2\nis application/zip",
	    { .name = "a", .content = SLICE("hello"), .flags = BEHIND }, { .name = "b", .content = SLICE("hi") });
	ZIP_TELLS("finding mime.archive-encrypted: a\nmember \"a\" 5/5 encrypted\nis application/zip",
	    { .name = "a", .content = SLICE("MZ\1\2\3"), .flags = ENCRYPTED });
}

static void
test_zip_names(void **state)
{
	(void)state;
	ZIP_TELLS("member \"\xc3\xbc.txt\" 0/0\nis application/zip", { .name = "\x81.txt" });		/* code page 437 */
	ZIP_TELLS("member \"\xc3\xbc.txt\" 0/0\nis application/zip", { .name = "\xc3\xbc.txt" });
	/* The Unicode path, and one that belongs to another name. */
	ZIP_TELLS("member \"\xe4\xb8\xad\" 0/0\nis application/zip",
	    { .name = "a", .extra = SLICE("\x75\x70\x08\0\1\x43\xbe\xb7\xe8\xe4\xb8\xad") });
	ZIP_TELLS("member \"b\" 0/0\nis application/zip",
	    { .name = "b", .extra = SLICE("\x75\x70\x08\0\1\x43\xbe\xb7\xe8\xe4\xb8\xad") });
}

/* What one of the two directories hides, the other shows. */
static void
test_zip_lies(void **state)
{
	(void)state;
	ZIP_TELLS("member \"a\" 1/1\nmember \"hidden.txt\" 1/1\nis application/zip",
	    { .name = "a", .content = SLICE("x") }, { .name = "hidden.txt", .content = SLICE("y"), .no_central = true });
	ZIP_TELLS("member \"a\" 1/1\nmember \"b.exe\" 1/1\nfinding mime.executable: b.exe\nis application/zip",
	    { .name = "a", .content = SLICE("x") }, { .name = "b.exe", .content = SLICE("y"), .no_local = true });
	/* The first header claims all that follows, the central directory too. */
	ZIP_TELLS("member \"a\" 1/1000000\nmember \"b.exe\" 1/1\nfinding mime.executable: b.exe\nis application/zip",
	    { .name = "a", .content = SLICE("x"), .claimed = 1000000 }, { .name = "b.exe", .content = SLICE("y") });
	/* Of one name there may be two. */
	ZIP_TELLS("member \"a\" 1/1\nmember \"a\" 2/2\nis application/zip",
	    { .name = "a", .content = SLICE("x") }, { .name = "a", .content = SLICE("xy") });
}

static void
test_documents(void **state)
{
	(void)state;
	ZIP_TELLS("member \"[Content_Types].xml\" 0/0\nmember \"word/document.xml\" 0/0\n"
	    "is application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	    { .name = "[Content_Types].xml" }, { .name = "word/document.xml" });
	ZIP_TELLS("member \"[Content_Types].xml\" 0/0\nfinding mime.macro: xl/vbaProject.bin\nmember \"xl/vbaProject.bin\" 0/0\n"
	    "is application/vnd.ms-excel.sheet.macroenabled.12",
	    { .name = "[Content_Types].xml" }, { .name = "xl/vbaProject.bin" });
	ZIP_TELLS("member \"META-INF/MANIFEST.MF\" 0/0\nmember \"A.class\" 0/0\nfinding mime.executable: application/java-archive\n"
	    "is application/java-archive",
	    { .name = "META-INF/MANIFEST.MF" }, { .name = "A.class" });
	ZIP_TELLS("member \"mimetype\" 39/39\nfinding mime.macro: Basic/Standard/Module1.xml\nmember \"Basic/Standard/Module1.xml\" 0/0\n"
	    "is application/vnd.oasis.opendocument.text",
	    { .name = "mimetype", .content = SLICE("application/vnd.oasis.opendocument.text") }, { .name = "Basic/Standard/Module1.xml" });
	ZIP_TELLS("member \"word/document.xml\" 0/0\nis application/zip", { .name = "word/document.xml" });
}

static void
test_zip_inside(void **state)
{
	struct buf inner, outer, outermost;

	(void)state;
	buf_init(&inner, 1 << 20);
	buf_init(&outer, 1 << 20);
	buf_init(&outermost, 1 << 20);
	put_zip(&inner, (struct file[]){ { .name = "run.txt", .content = SLICE("#!/bin/sh\n"), .method = DEFLATE } }, 1);
	put_zip(&outer, (struct file[]){ { .name = "in.dat", .content = buf_slice(&inner), .method = DEFLATE },
	    { .name = "after", .content = SLICE("x") } }, 2);
	put_zip(&outermost, (struct file[]){ { .name = "out.zip", .content = buf_slice(&outer), .method = DEFLATE, .flags = BEHIND } }, 1);
	tells(&unknown, buf_slice(&outermost), "member \"out.zip\"\nmember \"in.dat\" 127/132\nmember \"run.txt\" 10/15\nmember \"after\" 1/1\n"
	    "finding mime.executable: run.txt\nis application/zip");
	buf_fini(&inner);
	buf_fini(&outer);
	buf_fini(&outermost);
}

/* One in the other, deeper than the limit: what lies deeper is listed where it stands, and not opened. */
static void
test_depth(void **state)
{
	struct buf b[LIMIT_ARCHIVE_DEPTH + 3], want;

	(void)state;
	buf_init(&b[0], 1 << 20);
	put_zip(&b[0], (struct file[]){ { .name = "x" } }, 1);
	buf_init(&want, 1 << 20);
	for (size_t i = 1; i < COUNT(b); i++) {
		buf_init(&b[i], 1 << 20);
		put_zip(&b[i], (struct file[]){ { .name = "z", .content = buf_slice(&b[i - 1]) } }, 1);
	}
	for (size_t i = COUNT(b) - 1; i-- > 1; )
		buf_printf(&want, "member \"z\" %zu/%zu\n", b[i].n, b[i].n);
	buf_text(&want, "is application/zip, truncated");
	buf_add_byte(&want, '\0');
	tells(&unknown, buf_slice(&b[COUNT(b) - 1]), (const char *)want.p);
	for (size_t i = 0; i < COUNT(b); i++)
		buf_fini(&b[i]);
	buf_fini(&want);
}

/* Ten thousand members are listed, more are not. */
static void
test_members(void **state)
{
	struct told t = { .quiet = false };
	struct buf b;
	size_t lines = 0;

	(void)state;
	buf_init(&b, TOLD_MAX);
	for (int i = 0; i < LIMIT_MEMBERS + 5; i++) {
		char name[16];

		snprintf(name, sizeof name, "%d", i);
		put_entry(&b, &(struct file){ .name = name }, false);
	}
	play(&unknown, buf_slice(&b), 4096, SIZE_MAX, 0, true, &t);
	for (size_t i = 0; i < t.text.n; i++)
		lines += t.text.p[i] == '\n';
	assert_int_equal(lines, LIMIT_MEMBERS);
	assert_non_null(strstr((const char *)t.text.p, "is application/zip, truncated"));
	told_fini(&t);
	buf_fini(&b);
}

/* Behind a gap the next header shows where we are. */
static void
test_gap(void **state)
{
	const struct file files[] = { { .name = "a", .content = SLICE("hello") }, { .name = "b", .content = SLICE("hi") }, { .name = "c" } };
	struct told t = { .quiet = false };
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	put_zip(&b, files, COUNT(files));
	play(&unknown, buf_slice(&b), 10, 32, 10, true, &t);		/* a's data and into b's header */
	assert_string_equal((const char *)t.text.p, "member \"a\" 5/5\nmember \"c\" 0/0\nmember \"b\" 2/2\nis application/zip");
	told_fini(&t);
	/* The head is lost: nobody knows what it is, but how it is called. */
	play(&(struct content_about){ .filename = SLICE("a.zip") }, buf_slice(&b), 10, 0, 40, true, &t);
	assert_string_equal((const char *)t.text.p, "member \"c\" 0/0\nmember \"a\" 5/5\nmember \"b\" 2/2\nis application/zip");
	told_fini(&t);
	buf_fini(&b);
}

/* gzip -n of "hello, world\n"; the same with a name; a tar in it. */
static void
test_gzip(void **state)
{
	static const slice hello = SLICE("\xcb\x48\xcd\xc9\xc9\xd7\x51\x28\xcf\x2f\xca\x49\xe1\x02\x00\x53\x74\x24\xf4\x0d\x00\x00\x00");
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_add(&b, S("\x1f\x8b\x08\0\0\0\0\0\0\3"));
	buf_add(&b, hello);
	tells(&(struct content_about){ .filename = SLICE("a.txt.gz") }, buf_slice(&b), "member \"a.txt\" 13/33\nis application/gzip");
	tells(&(struct content_about){ .filename = SLICE("a.tgz") }, buf_slice(&b), "member \"a.tar\" 13/33\nis application/gzip");
	/* A second member counts. */
	buf_add(&b, S("\x1f\x8b\x08\x08\0\0\0\0\0\3other\0"));
	buf_add(&b, hello);
	tells(&unknown, buf_slice(&b), "member \"\" 26/72\nis application/gzip");
	buf_clear(&b);
	buf_add(&b, S("\x1f\x8b\x08\x0c\0\0\0\0\0\3\4\0abcdgr\xfc.exe\0"));
	buf_add(&b, hello);
	tells(&unknown, buf_slice(&b), "member \"gr\xc3\xbc.exe\" 13/47\nfinding mime.executable: gr\xc3\xbc.exe\nis application/gzip");
	/* Cut off: the size is not known. */
	tells(&unknown, slice_take(buf_slice(&b), 30), "member \"gr\xc3\xbc.exe\"/30\nfinding mime.executable: gr\xc3\xbc.exe\nis application/gzip");
	buf_fini(&b);
}

/* Type, name and bytes together. */
static void
test_verdict(void **state)
{
	static const struct { const char *type, *name; slice head; const char *want; } table[] = {
		{ "application/pdf", "a.pdf", SLICE("%PDF-1.7\n"), "is application/pdf" },
		{ "application/octet-stream", "a.pdf", SLICE("%PDF-1.7\n"), "is application/pdf" },
		{ "image/jpg", "a.jpeg", SLICE("\xff\xd8\xff\xe0"), "is image/jpeg" },
		{ "image/png", "a.png", SLICE("\xff\xd8\xff\xe0"),
		    "finding mime.type-mismatch: declared image/png, named a.png, is image/jpeg\nis image/jpeg" },
		{ "image/jpeg", "", SLICE("GIF89a\1\0"), "finding mime.type-mismatch: declared image/jpeg, is image/gif\nis image/gif" },
		{ "application/octet-stream", "a.pdf", SLICE("<html>"), "finding mime.type-mismatch: named a.pdf, is text/html\nis text/html" },
		{ "text/plain", "", SLICE("<html>"), "is text/html" },
		{ "text/plain", "", SLICE("#!/bin/sh\n"), "is text/x-shellscript" },
		{ "text/x-unheard-of", "", SLICE("hello"), "is text/plain" },
		{ "text/x-unheard-of", "", SLICE("%PDF-1.7\n"),
		    "finding mime.type-mismatch: declared text/x-unheard-of, is application/pdf\nis application/pdf" },
		{ "application/x-unheard-of", "a.unheard", SLICE("%PDF-1.7\n"), "is application/pdf" },
		{ "application/vnd.ms-excel", "a.csv", SLICE("a;b;c\n"), "is text/plain" },
		{ "application/vnd.ms-excel", "a.xls", SLICE("a;b;c\n"),
		    "finding mime.type-mismatch: named a.xls, is text/plain\nis text/plain" },
		{ "application/msword", "a.rtf", SLICE("{\\rtf1"), "is text/rtf" },
		{ "application/msword", "a.doc", SLICE("{\\rtf1"), "finding mime.type-mismatch: named a.doc, is text/rtf\nis text/rtf" },
		{ "application/zip", "a.docx", SLICE("PK\3\4"), "is application/zip" },
		{ "application/zip", "a.zip", SLICE("Rar!\x1a\7\1\0"),
		    "finding mime.type-mismatch: declared application/zip, named a.zip, is application/vnd.rar\nis application/vnd.rar" },
		{ "text/plain", "a.txt", SLICE("\x7f" "ELF\2\1\1"),
		    "finding mime.type-mismatch: declared text/plain, named a.txt, is application/x-elf\n"
		    "finding mime.executable: a.txt, application/x-elf\nis application/x-elf" },
		{ "text/plain", "a.txt", SLICE("@echo off\r\n"), "finding mime.executable: a.txt, text/x-msdos-batch\nis text/x-msdos-batch" },
		{ "application/pdf", "invoice.pdf.exe", SLICE("%PDF-1.7\n"),
		    "finding mime.type-mismatch: named invoice.pdf.exe, is application/pdf\nfinding mime.executable: invoice.pdf.exe\n"
		    "is application/pdf" },
		{ "application/octet-stream", "run.JS", SLICE(""), "finding mime.executable: run.JS\nis unknown" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		tells(&(struct content_about){ .content_type = slice_of(table[i].type), .filename = slice_of(table[i].name) }, table[i].head,
		    table[i].want);
}

static void
test_news(void **state)
{
	static const struct { const char *declared, *name, *detected; bool news; } table[] = {
		{ "application/pdf", "a.pdf", "application/pdf", false },
		{ "application/octet-stream", "a.pdf", "application/pdf", true },
		{ "image/jpg", "a.jpg", "image/jpeg", false },
		{ "application/octet-stream", "a.pdf", "text/html", true },
		{ "application/octet-stream", "a.txt", "text/plain", false },
		{ "text/plain", "", "text/html", false },
		{ "text/plain", "", "text/x-shellscript", false },
		{ "text/plain", "a.txt", "text/x-shellscript", true },
		{ "text/html", "", "text/plain", false },
		{ "application/zip", "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", true },
		{ "application/vnd.ms-excel", "a.csv", "text/plain", false },
		{ "application/pdf", "a.pdf", "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(verdict_is_news(slice_of(table[i].declared), slice_of(table[i].name), slice_of(table[i].detected)),
		    table[i].news);
}

/* Names in clear, each once, behind escapes; not in streams. */
static void
test_pdf(void **state)
{
	(void)state;
	tells(&unknown, S("%PDF-1.4\n1 0 obj<</OpenAction 2 0 R/AA<<>>>>endobj 2 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>"),
	    "0 pdf: OpenAction\n0 pdf: JavaScript\nis application/pdf");
	tells(&unknown, S("%PDF-1.4\n<</J#61vaScript 1/Launch#20 2/L#zaunch 3/Laun#63#68>>/#4a#53"),
	    "0 pdf: JavaScript\n0 pdf: Launch\nis application/pdf");
	tells(&unknown, S("%PDF-1.4\n<<>>stream\r\n/JS endstreendstrea /Launch endstreendstream\n/EmbeddedFile"),
	    "0 pdf: EmbeddedFile\nis application/pdf");
	tells(&unknown, S("%PDF-1.4\n/JavaScripts /EncryptMetadata /JavaScriptJavaScriptJavaScript"), "is application/pdf");
}

static void
put_text(struct buf *b, const char *text)
{
	le(b, strlen(text), 2);
	for (; *text != '\0'; text++)
		le(b, (uint8_t)*text, 2);
}

static void
test_shortcut(void **state)
{
	static const slice class = SLICE("L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46");
	struct buf b;

	(void)state;
	buf_init(&b, 10000);
	buf_add(&b, class);
	le(&b, 1 | 2 | 8 | 32 | 128, 4);
	while (b.n < 76)
		buf_add_byte(&b, 0);
	buf_add(&b, S("\4\0\2\0\0\0"));			/* an ID list */
	le(&b, 28 + 12, 4);					/* where it lies */
	le(&b, 28, 4);
	le(&b, 1, 4);
	le(&b, 0, 4);
	le(&b, 28, 4);
	le(&b, 0, 8);
	buf_add(&b, S("C:\\cmd.exe\0\0"));
	put_text(&b, "..\\cmd.exe");
	put_text(&b, "   /c calc.exe  ");
	tells(&unknown, buf_slice(&b), "0 target: C:\\cmd.exe\n0 relative_path: ..\\cmd.exe\n0 arguments: /c calc.exe\n"
	    "finding mime.executable: application/x-ms-shortcut\nis application/x-ms-shortcut");
	/* Cut off in the arguments: what is whole is told. */
	tells(&unknown, slice_take(buf_slice(&b), b.n - 3), "0 target: C:\\cmd.exe\n0 relative_path: ..\\cmd.exe\n"
	    "finding mime.executable: application/x-ms-shortcut\nis application/x-ms-shortcut");
	buf_clear(&b);
	buf_add(&b, class);
	le(&b, 32 | 128, 4);
	while (b.n < 76)
		buf_add_byte(&b, 0);
	put_text(&b, "-enc x");
	le(&b, 788, 4);
	le(&b, 0xa0000001, 4);
	for (size_t i = 0; i < 260; i++)
		buf_add_byte(&b, 0);
	for (const char *c = "%COMSPEC%"; *c != '\0'; c++)
		le(&b, (uint8_t)*c, 2);
	for (size_t i = 0; i < 520 - 18; i++)
		buf_add_byte(&b, 0);
	le(&b, 0, 4);
	tells(&(struct content_about){ .filename = SLICE("a.lnk") }, buf_slice(&b), "0 arguments: -enc x\n0 target: %COMSPEC%\n"
	    "finding mime.executable: a.lnk, application/x-ms-shortcut\nis application/x-ms-shortcut");
	buf_fini(&b);
}

/* A picture whose end is that of an archive. */
static void
test_two_things(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_add(&b, S("GIF89a\1\0\1\0\0\0\0;"));
	put_zip(&b, (struct file[]){ { .name = "a" } }, 1);
	tells(&(struct content_about){ .content_type = SLICE("image/gif"), .filename = SLICE("a.gif") }, buf_slice(&b),
	    "finding mime.type-mismatch: named a.gif, is image/gif, and ends as application/zip\nis image/gif");
	buf_add_byte(&b, 0);
	tells(&(struct content_about){ .content_type = SLICE("image/gif"), .filename = SLICE("a.gif") }, buf_slice(&b), "is image/gif");
	buf_fini(&b);
}

/* Without openers only the type is told; without functions nothing is. */
static void
test_shallow(void **state)
{
	const struct opener_user nobody = { .self = NULL };
	struct told t = { .quiet = false };
	struct content_stream *c;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	put_zip(&b, (struct file[]){ { .name = "a.exe", .content = SLICE("MZ") } }, 1);
	play(&unknown, buf_slice(&b), 10, SIZE_MAX, 0, false, &t);
	assert_string_equal((const char *)t.text.p, "is application/zip");
	c = content_new(&unknown, &nobody, true);
	content_feed(c, buf_slice(&b));
	content_free(&c);
	c = content_new(&unknown, &nobody, true);
	content_feed(c, buf_slice(&b));
	content_finish(c, true);
	assert_string_equal(content_detected(c), "application/zip");
	content_free(&c);
	content_free(&c);
	told_fini(&t);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_zip),
		cmocka_unit_test(test_zip_names),
		cmocka_unit_test(test_zip_lies),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_zip_inside),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_news),
		cmocka_unit_test(test_two_things),
		cmocka_unit_test(test_pdf),
		cmocka_unit_test(test_shortcut),
		cmocka_unit_test(test_shallow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
