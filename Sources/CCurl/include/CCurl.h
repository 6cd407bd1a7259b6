// HTTP by the system's libcurl, which is opened when it is first needed: nothing is linked, and a
// program that downloads nothing does not load it. No policy: redirects are not followed.
#ifndef BITCL_CCURL_H
#define BITCL_CCURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Opens libcurl, once in a process. `path` names it, NULL the usual names. On failure says why.
bool bitcl_curl_open(const char *path, char *message, size_t capacity);

// The parts of a URL that decide who gets what is sent there, as libcurl itself reads them. The
// port is the scheme's own where none is given. False for what is no http or https URL.
typedef struct {
  char scheme[8];
  char host[256];
  char port[8];
} bitcl_curl_origin;
bool bitcl_curl_read_origin(const char *url, bitcl_curl_origin *origin);

// A client that keeps its connections. For one thread at a time. NULL where there is no memory.
typedef struct bitcl_curl bitcl_curl;
bitcl_curl *bitcl_curl_create(void);
void bitcl_curl_destroy(bitcl_curl *client);

typedef struct {
  const char *url;
  bool head_only;
  const char *const *headers;   // "Name: value"
  size_t header_count;
  const char *user_agent;
  const char *proxy;            // NULL: as the environment says
  const char *ca_file;          // NULL: libcurl's own
  const char *ca_folder;        // NULL: libcurl's own
  long connect_timeout_ms;
  long stall_timeout_seconds;   // without a byte
  long total_timeout_ms;        // 0: none
} bitcl_curl_request;

// Each returns whether to go on.
typedef struct {
  void *context;
  bool (*on_header)(void *context, const char *line, size_t length);
  bool (*on_body)(void *context, const void *bytes, size_t length);
  bool (*may_continue)(void *context);   // at least once a second
} bitcl_curl_receiver;

typedef struct {
  int code;                // libcurl's: 0 is success
  long status;             // HTTP's, 0 where no answer came
  char message[512];       // what went wrong
  char redirect[4096];     // where the answer leads to, made absolute; else empty
} bitcl_curl_result;

void bitcl_curl_perform(
    bitcl_curl *client, const bitcl_curl_request *request, const bitcl_curl_receiver *receiver,
    bitcl_curl_result *result);

// libcurl's codes that lead to different advice.
enum {
  BITCL_CURL_OK = 0,
  BITCL_CURL_CANNOT_RESOLVE_PROXY = 5,
  BITCL_CURL_CANNOT_RESOLVE_HOST = 6,
  BITCL_CURL_CANNOT_CONNECT = 7,
  BITCL_CURL_PARTIAL_FILE = 18,
  BITCL_CURL_WRITE_ERROR = 23,
  BITCL_CURL_TIMED_OUT = 28,
  BITCL_CURL_TLS_CONNECT = 35,
  BITCL_CURL_ABORTED = 42,
  BITCL_CURL_CERTIFICATE = 60,
  BITCL_CURL_BAD_ENCODING = 61,
  BITCL_CURL_CA_FILE = 77,
};

#endif
