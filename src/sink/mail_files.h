/*
 * mail_files.h - files that are written while messages come, and get their
 * names when the records of those messages tell them.
 *
 * What -T eml, -T parts and -T mbox have in common: a folder with temporary
 * files, which of them belong to which open transaction, and a manifest of
 * what was put in place.
 *
 * A message has any number of files, told apart by the part that they hold; 0
 * is the message itself. Only those that are being written to are looked
 * through for each piece: as many as parts stand in parts.
 */
#ifndef MAIL_FILES_H
#define MAIL_FILES_H

#include "base/map.h"
#include "dissect/sink.h"
#include "gate.h"
#include "manifest.h"

struct mail_file {
	struct mail_file *next;		/* of the same message, in order of their beginning */
	struct mail_file *next_open;
	uint32_t part;
	struct folder_file *file;
	struct manifest_gap *gap;
	size_t ngap;
};

struct open_mail {
	struct open_mail *same;		/* of the same key */
	uint64_t session;
	uint32_t mail;
	bool server_reading;
	struct mail_file *first, **end;
	struct mail_file *open;		/* the newest first */
	/* its record was told, and -Y waits for the session's end */
	struct open_mail *next_held;
	struct arena *arena;
	const struct rec_message *record;
	gate_ticket ticket;
};

struct mail_files {
	const struct output_options *options;
	struct folder *folder;
	struct map mails;		/* struct open_mail */
	struct map held;		/* those that wait, by session: a list */
	struct manifest manifest;
	struct manifest_totals totals;
	bool has_manifest;
	bool failed;			/* something could not be written: nothing is put in place any more */
	size_t memory;
};

/* With a manifest `path` is their directory; else they are never placed, and wait beside that file. False: said on stderr. */
bool mail_files_open(struct mail_files *, const char *path, const struct output_options *, bool manifest);
/* The rest is removed; the manifest put in place. -1: said on stderr. */
int  mail_files_close(struct mail_files *, bool failed);

/* The file of a part, found among those that are open, or made. */
struct mail_file *mail_files_begin(struct mail_files *, const struct where *, uint32_t mail, uint32_t part);
/* Appends to a file that is open; one that is not is no business of ours. -1: said on stderr. */
int  mail_files_write(struct mail_files *, const struct where *, uint32_t mail, uint32_t part, slice);
void mail_files_end(struct mail_files *, const struct where *, uint32_t mail, uint32_t part);	/* no more comes */
void mail_files_gap(struct mail_files *, const struct where *, const struct ev_gap *);	/* in all that are open */

/* Can the event's message still be shown? What cannot be needs no files. */
bool mail_files_wants(const struct mail_files *, const struct event *);
/*
 * A record: a message that is shown has its files placed, in order; one that
 * is not has them removed. Of one that -Y knows nothing of yet they stay, and
 * the same is done at its session's record (with what message_copy() keeps).
 */
typedef int mail_files_placer(void *self, struct mail_file *, const struct rec_message *);
int  mail_files_record(struct mail_files *, const struct record *, mail_files_placer *, void *self);
/*
 * Puts one in place under entry->name, and into the manifest; size, gaps and
 * digest are filled in here (sha256: of the content, if it is known already;
 * else NULL). 0, or -1: the machine's fault, said on stderr.
 */
int  mail_files_place(struct mail_files *, struct mail_file *, struct manifest_entry *);

/* A sink whose state is a mail_files with a manifest, and nothing else: its beginning, its memory and its end. */
int  mail_files_sink(const struct output *, const struct output_options *, const struct sink_ops *, uint32_t wants, struct sink *sink_r);
int  mail_files_reopen(void *self);
size_t mail_files_memory(void *self);
void mail_files_wrote(void *self, struct sink_wrote *wrote_r);
int  mail_files_sink_close(void *self, bool failed);

#endif
