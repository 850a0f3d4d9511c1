/* Parses every message of a packed file (decimal length, line feed, octets; again and again) with GMime, decodes every
 * leaf part and takes SHA-256 and MD5 of every attachment: OpenSSL's, or with -DGLIB those of GLib, on which GMime is
 * built. Prints seconds, messages and octets as JSON.
 * cc -O2 gmime.c $(pkg-config --cflags --libs gmime-3.0 libcrypto) -o gmime-peer */
#include <gmime/gmime.h>
#ifndef GLIB
#include <openssl/evp.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

static guint64 parts, decoded;

static void leaf(GMimeObject *parent, GMimeObject *object, gpointer data) {
  (void)parent;
  (void)data;
  if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (message) g_mime_message_foreach(message, leaf, NULL);
    return;
  }
  if (!GMIME_IS_PART(object)) return;
  GMimeDataWrapper *wrapper = g_mime_part_get_content(GMIME_PART(object));
  if (!wrapper) return;
  GMimeStream *memory = g_mime_stream_mem_new();
  g_mime_data_wrapper_write_to_stream(wrapper, memory);
  GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
  if (g_mime_part_is_attachment(GMIME_PART(object))) {
#ifdef GLIB
    g_free(g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len));
    g_free(g_compute_checksum_for_data(G_CHECKSUM_MD5, bytes->data, bytes->len));
#else
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length;
    EVP_Digest(bytes->data, bytes->len, digest, &length, EVP_sha256(), NULL);
    EVP_Digest(bytes->data, bytes->len, digest, &length, EVP_md5(), NULL);
#endif
  }
  parts++;
  decoded += bytes->len;
  g_object_unref(memory);
}

int main(int argc, char **argv) {
  (void)argc;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 1;
  g_mime_init();
  guint64 messages = 0, octets = 0;
  double seconds = 0;
  size_t length;
  while (fscanf(file, "%zu", &length) == 1) {
    fgetc(file);
    char *data = malloc(length);
    if (fread(data, 1, length, file) != length) return 1;
    struct timeval a, b;
    gettimeofday(&a, NULL);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    if (message) {
      g_mime_message_get_subject(message);
      g_mime_message_get_date(message);
      InternetAddressList *from = g_mime_message_get_from(message);
      for (int i = 0; i < internet_address_list_length(from); i++)
        internet_address_get_name(internet_address_list_get_address(from, i));
      g_mime_message_foreach(message, leaf, NULL);
      g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    gettimeofday(&b, NULL);
    seconds += (b.tv_sec - a.tv_sec) + (b.tv_usec - a.tv_usec) / 1e6;
    free(data);
    messages++;
    octets += length;
  }
  printf("{\"seconds\":%f,\"messages\":%llu,\"octets\":%llu,\"parts\":%llu,\"decoded\":%llu}\n", seconds,
         (unsigned long long)messages, (unsigned long long)octets, (unsigned long long)parts, (unsigned long long)decoded);
  return 0;
}
