#define _GNU_SOURCE
#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "CurlABI.h"

static CurlFunctions curl;
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static bool is_open;

static bool find_functions(void *library, CurlFunctions *found, const char **missing) {
  const struct {
    const char *name;
    void **place;
  } functions[] = {
      {"curl_global_init", (void **)&found->global_init},
      {"curl_easy_init", (void **)&found->easy_init},
      {"curl_easy_cleanup", (void **)&found->easy_cleanup},
      {"curl_easy_reset", (void **)&found->easy_reset},
      {"curl_easy_setopt", (void **)&found->easy_setopt},
      {"curl_easy_getinfo", (void **)&found->easy_getinfo},
      {"curl_easy_perform", (void **)&found->easy_perform},
      {"curl_easy_strerror", (void **)&found->easy_strerror},
      {"curl_slist_append", (void **)&found->slist_append},
      {"curl_slist_free_all", (void **)&found->slist_free_all},
      {"curl_url", (void **)&found->url},
      {"curl_url_cleanup", (void **)&found->url_cleanup},
      {"curl_url_set", (void **)&found->url_set},
      {"curl_url_get", (void **)&found->url_get},
      {"curl_free", (void **)&found->free},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    *functions[i].place = dlsym(library, functions[i].name);
    if (!*functions[i].place) {
      *missing = functions[i].name;
      return false;
    }
  }
  return true;
}

static bool open_library(const char *path, char *message, size_t capacity) {
#ifdef __APPLE__
  const char *const usual[] = {"libcurl.4.dylib"};
#else
  // The same interface with OpenSSL, GnuTLS, and NSS, as Debian names them.
  const char *const usual[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4"};
#endif
  const char *const *names = path ? &path : usual;
  size_t count = path ? 1 : sizeof usual / sizeof *usual;
  for (size_t i = 0; i < count; i++) {
    void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      const char *reason = i == 0 ? dlerror() : NULL;
      if (reason) snprintf(message, capacity, "%s", reason);
      continue;
    }
    CurlFunctions found;
    const char *missing = NULL;
    if (find_functions(library, &found, &missing) && found.global_init(GLOBAL_DEFAULT) == 0) {
      curl = found;
      return true;
    }
    if (missing) snprintf(message, capacity, "%s: it has no %s (before 7.62)", names[i], missing);
    else snprintf(message, capacity, "%s: it cannot be initialised", names[i]);
    dlclose(library);
  }
  return false;
}

bool bitcl_curl_open(const char *path, char *message, size_t capacity) {
  pthread_mutex_lock(&opening);
  if (!is_open) is_open = open_library(path, message, capacity);
  bool result = is_open;
  pthread_mutex_unlock(&opening);
  return result;
}

static bool copy_part(const void *url, int part, char *text, size_t capacity) {
  char *found = NULL;
  if (curl.url_get(url, part, &found, URL_DEFAULT_PORT) != 0 || !found) return false;
  int length = snprintf(text, capacity, "%s", found);
  curl.free(found);
  return length > 0 && (size_t)length < capacity;
}

bool bitcl_curl_read_origin(const char *text, bitcl_curl_origin *origin) {
  if (!is_open) return false;
  void *url = curl.url();
  if (!url) return false;
  bool is_sound = curl.url_set(url, PART_URL, text, 0) == 0 &&
                  copy_part(url, PART_SCHEME, origin->scheme, sizeof origin->scheme) &&
                  copy_part(url, PART_HOST, origin->host, sizeof origin->host) &&
                  copy_part(url, PART_PORT, origin->port, sizeof origin->port) &&
                  (!strcasecmp(origin->scheme, "https") || !strcasecmp(origin->scheme, "http"));
  curl.url_cleanup(url);
  return is_sound;
}

struct bitcl_curl {
  void *easy;
  const bitcl_curl_receiver *receiver;
  char error[ERROR_SIZE];
};

bitcl_curl *bitcl_curl_create(void) {
  bitcl_curl *client = is_open ? calloc(1, sizeof *client) : NULL;
  if (!client) return NULL;
  client->easy = curl.easy_init();
  if (client->easy) return client;
  free(client);
  return NULL;
}

void bitcl_curl_destroy(bitcl_curl *client) {
  if (!client) return;
  curl.easy_cleanup(client->easy);
  free(client);
}

// libcurl takes any count but the one given for a failure.
static size_t receive_header(char *bytes, size_t size, size_t count, void *context) {
  const bitcl_curl_receiver *receiver = ((bitcl_curl *)context)->receiver;
  return receiver->on_header(receiver->context, bytes, size * count) ? size * count : 0;
}

static size_t receive_body(char *bytes, size_t size, size_t count, void *context) {
  const bitcl_curl_receiver *receiver = ((bitcl_curl *)context)->receiver;
  if (size * count == 0) return 0;
  return receiver->on_body(receiver->context, bytes, size * count) ? size * count : 0;
}

static int receive_progress(void *context, int64_t a, int64_t b, int64_t c, int64_t d) {
  (void)a, (void)b, (void)c, (void)d;
  const bitcl_curl_receiver *receiver = ((bitcl_curl *)context)->receiver;
  return receiver->may_continue(receiver->context) ? 0 : 1;
}

static int set_options(bitcl_curl *client, const bitcl_curl_request *request, void *headers) {
  void *easy = client->easy;
  int failed = 0;
#define SET(option, ...) failed = failed ? failed : curl.easy_setopt(easy, option, __VA_ARGS__)
  SET(OPT_ERRORBUFFER, client->error);
  SET(OPT_URL, request->url);
  SET(OPT_NOSIGNAL, 1L);
  SET(OPT_FOLLOWLOCATION, 0L);
  SET(OPT_HTTPGET, 1L);
  SET(OPT_NOBODY, request->head_only ? 1L : 0L);
  SET(OPT_HTTPHEADER, headers);
  // Nothing compressed is asked for; a server that compresses nevertheless is understood.
  SET(OPT_ACCEPT_ENCODING, "identity");
  SET(OPT_TCP_KEEPALIVE, 1L);
  SET(OPT_CONNECTTIMEOUT_MS, request->connect_timeout_ms);
  SET(OPT_TIMEOUT_MS, request->total_timeout_ms);
  SET(OPT_LOW_SPEED_LIMIT, 1L);
  SET(OPT_LOW_SPEED_TIME, request->stall_timeout_seconds);
  SET(OPT_WRITEFUNCTION, receive_body);
  SET(OPT_WRITEDATA, client);
  SET(OPT_HEADERFUNCTION, receive_header);
  SET(OPT_HEADERDATA, client);
  SET(OPT_NOPROGRESS, 0L);
  SET(OPT_XFERINFOFUNCTION, receive_progress);
  SET(OPT_XFERINFODATA, client);
  if (request->user_agent) SET(OPT_USERAGENT, request->user_agent);
  if (request->proxy) SET(OPT_PROXY, request->proxy);
  if (request->ca_file) SET(OPT_CAINFO, request->ca_file);
  if (request->ca_folder) SET(OPT_CAPATH, request->ca_folder);
#undef SET
  // Unknown before 7.54, where a proxy's own answer is then taken for one more status line.
  curl.easy_setopt(easy, OPT_SUPPRESS_CONNECT_HEADERS, 1L);
  return failed;
}

// A connection that breaks while TLS writes raises SIGPIPE, which ends programs that did not expect
// it, and libcurl cannot keep it away without changing the process's handlers.
static int perform_without_signal(void *easy) {
  sigset_t pipe_signal, before, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  int code = curl.easy_perform(easy);
  if (!sigismember(&before, SIGPIPE)) {
    int taken;
    if (sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE)) sigwait(&pipe_signal, &taken);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  return code;
}

void bitcl_curl_perform(
    bitcl_curl *client, const bitcl_curl_request *request, const bitcl_curl_receiver *receiver,
    bitcl_curl_result *result) {
  memset(result, 0, sizeof *result);
  client->receiver = receiver;
  client->error[0] = 0;
  curl.easy_reset(client->easy);   // Keeps connections.
  void *headers = NULL;
  bool is_complete = true;
  for (size_t i = 0; i < request->header_count && is_complete; i++) {
    void *longer = curl.slist_append(headers, request->headers[i]);
    if (longer) headers = longer;
    is_complete = longer != NULL;
  }
  enum { OUT_OF_MEMORY = 27 };
  result->code = is_complete ? set_options(client, request, headers) : OUT_OF_MEMORY;
  if (result->code == 0) result->code = perform_without_signal(client->easy);
  curl.easy_getinfo(client->easy, INFO_RESPONSE_CODE, &result->status);
  const char *redirect = NULL;
  curl.easy_getinfo(client->easy, INFO_REDIRECT_URL, &redirect);
  if (redirect && strlen(redirect) < sizeof result->redirect) strcpy(result->redirect, redirect);
  if (result->code != 0)
    snprintf(
        result->message, sizeof result->message, "%s",
        client->error[0] ? client->error : curl.easy_strerror(result->code));
  // The list and the buffer are this call's; the next one resets what points to them.
  curl.slist_free_all(headers);
}
