/* Reads every message of a packed file (decimal length, line feed, octets; again and again) with GMime and prints what
 * it makes of each as a line of JSON, in the shape of opinion.ts.
 * cc -O2 gmime-reader.c $(pkg-config --cflags --libs gmime-3.0) -o gmime-reader */
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int leaves;

static void text(const char *value) {
  if (!value) {
    fputs("null", stdout);
    return;
  }
  char *valid = g_utf8_make_valid(value, -1);
  putchar('"');
  for (const unsigned char *at = (const unsigned char *)valid; *at; at++) {
    if (*at == '"' || *at == '\\') printf("\\%c", *at);
    else if (*at < 0x20) printf("\\u%04x", *at);
    else putchar(*at);
  }
  putchar('"');
  g_free(valid);
}

static void mailboxes(InternetAddressList *list, int *count) {
  for (int i = 0; list && i < internet_address_list_length(list); i++) {
    InternetAddress *address = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      mailboxes(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)), count);
      continue;
    }
    if ((*count)++) putchar(',');
    putchar('[');
    text(internet_address_get_name(address));
    putchar(',');
    text(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)));
    putchar(']');
  }
}

static void list(const char *name, InternetAddressList *addresses) {
  int count = 0;
  printf(",\"%s\":[", name);
  mailboxes(addresses, &count);
  putchar(']');
}

static void visit(GMimeObject *object) {
  if (GMIME_IS_MULTIPART(object)) {
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    for (int i = 0; i < g_mime_multipart_get_count(multipart); i++) visit(g_mime_multipart_get_part(multipart, i));
    return;
  }
  GMimeContentType *type = g_mime_object_get_content_type(object);
  char *mime = g_mime_content_type_get_mime_type(type);
  if (leaves++) putchar(',');
  fputs("{\"type\":", stdout);
  text(mime);
  fputs(",\"disposition\":", stdout);
  text(g_mime_object_get_disposition(object));
  fputs(",\"name\":", stdout);
  text(GMIME_IS_PART(object) ? g_mime_part_get_filename(GMIME_PART(object)) : NULL);
  if (GMIME_IS_PART(object)) {
    GMimeDataWrapper *wrapper = g_mime_part_get_content(GMIME_PART(object));
    GMimeStream *memory = g_mime_stream_mem_new();
    if (wrapper) g_mime_data_wrapper_write_to_stream(wrapper, memory);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data ? bytes->data : (guint8 *)"", bytes->len);
    printf(",\"sha256\":\"%s\"", digest);
    g_free(digest);
    g_object_unref(memory);
  }
  if (GMIME_IS_TEXT_PART(object) && g_ascii_strcasecmp(mime, "text/plain") == 0) {
    char *body = g_mime_text_part_get_text(GMIME_TEXT_PART(object));
    fputs(",\"text\":", stdout);
    text(body);
    g_free(body);
  }
  putchar('}');
  g_free(mime);
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (!file) return 1;
  g_mime_init();
  size_t length;
  while (fscanf(file, "%zu", &length) == 1) {
    fgetc(file);
    char *data = malloc(length + 1);
    if (fread(data, 1, length, file) != length) return 1;
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    if (!message) puts("{}");
    else {
      fputs("{\"subject\":", stdout);
      text(g_mime_message_get_subject(message));
      list("from", g_mime_message_get_from(message));
      list("to", g_mime_message_get_to(message));
      GDateTime *date = g_mime_message_get_date(message);
      if (date) printf(",\"date\":%lld", (long long)g_date_time_to_unix(date));
      else fputs(",\"date\":null", stdout);
      fputs(",\"messageId\":", stdout);
      text(g_mime_message_get_message_id(message));
      fputs(",\"leaves\":[", stdout);
      leaves = 0;
      if (g_mime_message_get_mime_part(message)) visit(g_mime_message_get_mime_part(message));
      puts("]}");
      g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    free(data);
  }
  return 0;
}
