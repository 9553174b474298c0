/*
 * main.c - from the command line to the exit status.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "interrupt.h"
#include "run.h"

/* Or a file that we open would become standard output, or our complaints would go into it. */
static void
occupy_standard_descriptors(void)
{
	static const int wrong_way[] = { O_WRONLY, O_RDONLY, O_WRONLY };

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", wrong_way[fd]) != fd)
			_exit(EXIT_MACHINE);
}

/* As /dev/fd/7, or in <(a process). */
static bool
is_named(int fd, int argc, char **argv)
{
	static const char folder[] = "/fd/";

	for (int i = 1; i < argc; i++)
		for (const char *at = argv[i]; (at = strstr(at, folder)) != NULL; at += sizeof folder - 1)
			if (atoi(at + sizeof folder - 1) == fd)
				return true;
	return false;
}

/* What whoever started us had open, and did not mean us to have, is nothing that the parser of hostile bytes should hold. */
static void
close_inherited(int argc, char **argv)
{
	DIR *all = opendir("/proc/self/fd");
	struct dirent *one;

	if (all == NULL)
		return;
	while ((one = readdir(all)) != NULL) {
		int fd = atoi(one->d_name);

		if (fd > STDERR_FILENO && fd != dirfd(all) && !is_named(fd, argc, argv))
			close(fd);
	}
	closedir(all);
}

/* What stdio holds: --help, --version, --list-findings. */
static int
finish_stdout(int status)
{
	if (fflush(stdout) == 0)
		return status;
	if (errno == EPIPE)
		return status;
	warn("standard output: cannot write: %s", strerror(errno));
	return EXIT_MACHINE;
}

int
main(int argc, char **argv)
{
	struct options options;
	int status;

	privilege_no_core();
	occupy_standard_descriptors();
	close_inherited(argc, argv);
	interrupt_begin();
	status = options_parse(argc, argv, &options);
	if (status == -1)
		status = options.check_sandbox ? privilege_check(&options.privilege) : run(&options);
	options_free(&options);
	return finish_stdout(status);
}
