#include "bpf.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "bpf_words.h"

struct program {
	int linktype;
	bool works;			/* could be compiled */
	struct bpf_program code;
};

struct bpf {
	struct buf text;		/* the expression, with a NUL, names replaced */
	struct program program[LIMIT_LINKTYPES];
	size_t n;
	struct program *last;		/* used last, and most likely to be used next */
};

/* Where pcap-linktype(7) and libpcap's own numbers on this system differ. */
static int
dlt_of(int linktype)
{
	switch (linktype) {
	case 100: return DLT_ATM_RFC1483;
	case 101: return DLT_RAW;
	case 102: return DLT_SLIP_BSDOS;
	case 103: return DLT_PPP_BSDOS;
	case 106: return DLT_ATM_CLIP;
	default:  return linktype;
	}
}

const char *
bpf_linktype_name(int linktype)
{
	const char *name = pcap_datalink_val_to_name(dlt_of(linktype));

	return name != NULL ? name : "unknown";
}

static bool
compile(const struct bpf *bpf, struct program *program, char *error, size_t size)
{
	pcap_t *dead = pcap_open_dead(dlt_of(program->linktype), LIMIT_RECORD);

	if (dead == NULL)
		die("out of memory");
	program->works = pcap_compile(dead, &program->code, (const char *)bpf->text.p, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!program->works && error != NULL)
		snprintf(error, size, "capture filter: %s", pcap_geterr(dead));
	pcap_close(dead);
	return program->works;
}

struct bpf *
bpf_new(const char *expression, char *error, size_t size)
{
	struct bpf *bpf = xcalloc(1, sizeof *bpf);
	struct buf why;
	bool good = false;

	buf_init(&why, KiB);
	buf_init(&bpf->text, LIMIT_BPF_TEXT);
	bpf->program[0].linktype = DLT_EN10MB;
	bpf->last = bpf->program;
	bpf->n = 1;
	if (!bpf_words(slice_of(expression), &bpf->text, &why))
		snprintf(error, size, "capture filter: %.*s", (int)why.n, (const char *)why.p);
	else if (!buf_add_byte(&bpf->text, '\0') || bpf->text.full)
		snprintf(error, size, "capture filter: longer than %zu bytes", (size_t)LIMIT_BPF_TEXT);
	else
		good = compile(bpf, &bpf->program[0], error, size);
	buf_fini(&why);
	if (!good)
		bpf_free(&bpf);
	return bpf;
}

void
bpf_free(struct bpf **bpfp)
{
	struct bpf *bpf = *bpfp;

	if (bpf == NULL)
		return;
	for (size_t i = 0; i < bpf->n; i++)
		if (bpf->program[i].works)
			pcap_freecode(&bpf->program[i].code);
	buf_fini(&bpf->text);
	free(bpf);
	*bpfp = NULL;
}

static struct program *
program_for(struct bpf *bpf, int linktype)
{
	struct program *program;

	for (size_t i = 0; i < bpf->n; i++)
		if (bpf->program[i].linktype == linktype)
			return &bpf->program[i];
	if (bpf->n == LIMIT_LINKTYPES)
		return NULL;
	program = &bpf->program[bpf->n++];
	program->linktype = linktype;
	compile(bpf, program, NULL, 0);
	return program;
}

bool
bpf_match(struct bpf *bpf, int linktype, slice bytes, size_t wire)
{
	const struct pcap_pkthdr header = { .caplen = (bpf_u_int32)bytes.n, .len = (bpf_u_int32)wire };

	if (bpf->last->linktype != linktype) {
		struct program *program = program_for(bpf, linktype);

		if (program == NULL)
			return false;
		bpf->last = program;
	}
	return bpf->last->works && pcap_offline_filter(&bpf->last->code, &header, bytes.p) != 0;
}

const char *
bpf_library(void)
{
	return pcap_lib_version();
}
