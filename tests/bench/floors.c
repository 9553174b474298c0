/*
 * floors.c - what the work on messages with files cannot do without, done
 * beside each other as well as we know how:
 *
 *	floors CAPTURE DIR COUNT SIZE
 *
 * CAPTURE is read, COUNT base64 texts of SIZE bytes are decoded; the capture
 * (which the manifest names), the messages and the files get their SHA-256,
 * and COUNT files are written into DIR. Prints the CPU seconds of each.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/crypto.h"

enum { READ = 1 << 20, PIECE = 1 << 16, LINE = 78 };

static uint8_t block[READ];

static double
cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void
tell(const char *what, double *since)
{
	printf("%s %.3f ", what, cpu() - *since);
	*since = cpu();
}

static int
read_capture(const char *path, uint64_t *size_r)
{
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return -1;
	for (*size_r = 0; (n = read(fd, block, sizeof block)) > 0; *size_r += (uint64_t)n)
		;
	close(fd);
	return n < 0 ? -1 : 0;
}

static void
decode(uint64_t text)
{
	static uint8_t in[PIECE / LINE * LINE], out[BASE64_ROOM(PIECE)];

	for (size_t i = 0; i < sizeof in; i++)
		in[i] = i % LINE == LINE - 2 ? '\r' : i % LINE == LINE - 1 ? '\n' : (uint8_t)('A' + i % 26);
	for (uint64_t at = 0; at < text; at += sizeof in) {
		size_t n;

		base64_decode_run((slice){ in, sizeof in }, out, &n);
	}
}

static void
hash(uint64_t size)
{
	struct digests *d = digests_new(DIGEST_SHA256);
	uint8_t sha256[SHA256_SIZE];

	for (uint64_t at = 0; at < size; at += PIECE)
		digests_feed(d, (slice){ block, size - at < PIECE ? (size_t)(size - at) : PIECE });
	digests_finish(d, sha256, NULL, NULL);
	digests_free(&d);
}

static int
write_file(int folder, uint64_t number, uint64_t size)
{
	char name[32];
	int fd, status = 0;

	snprintf(name, sizeof name, "%llu", (unsigned long long)number);
	fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	for (uint64_t at = 0; fd >= 0 && status == 0 && at < size; at += PIECE) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;

		status = write(fd, block, n) == (ssize_t)n ? 0 : -1;
	}
	return fd < 0 || close(fd) < 0 ? -1 : status;
}

int
main(int argc, char **argv)
{
	uint64_t count = argc == 5 ? strtoull(argv[3], NULL, 10) : 0, size = count ? strtoull(argv[4], NULL, 10) : 0;
	uint64_t text = (size + 56) / 57 * LINE, capture;
	int folder = count ? open(argv[2], O_RDONLY | O_DIRECTORY) : -1;
	double since = cpu();

	if (folder < 0 || read_capture(argv[1], &capture) < 0)
		return 2;
	tell("read", &since);
	decode(text * count);
	tell("base64", &since);
	hash(capture);
	for (uint64_t i = 0; i < count; i++) {
		hash(text);
		hash(size);
	}
	tell("sha256", &since);
	for (uint64_t i = 0; i < count; i++)
		if (write_file(folder, i, size) < 0)
			return 2;
	tell("write", &since);
	puts("");
	return 0;
}
