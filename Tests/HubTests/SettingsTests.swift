#if Hub
  import Foundation
  import HuggingFaceHub
  import TestSupport
  import Testing

  @Suite("the hub's settings")
  struct SettingsTests {
    @Test("come from the variables of huggingface_hub")
    func variables() throws {
      let settings = try HubSettings(environment: [
        "HF_HOME": "/h", "HF_ENDPOINT": "https://mirror/hub//", "HF_HUB_OFFLINE": "yes",
        "HF_HUB_ETAG_TIMEOUT": "3", "HF_HUB_DOWNLOAD_TIMEOUT": "70", "HTTP_PROXY": "http://proxy",
        "REQUESTS_CA_BUNDLE": "/a.pem", "SSL_CERT_FILE": "/b.pem", "HF_HUB_DISABLE_SYMLINKS": "1",
      ])
      #expect(settings.endpoint == "https://mirror/hub")
      #expect(settings.cache.root == "/h/hub")
      #expect(settings.isOffline)
      #expect(settings.metadataTimeout == .seconds(3))
      #expect(settings.stallTimeout == .seconds(70))
      #expect(settings.certificateFile == "/a.pem")
      #expect(settings.proxy == "http://proxy")
      #expect(!settings.usesSymbolicLinks)
      #expect(settings.token == nil)
      let plain = try HubSettings(environment: ["HOME": "/u", "HF_HUB_OFFLINE": "0"])
      #expect(plain.endpoint == "https://huggingface.co")
      #expect(!plain.isOffline)
    }

    @Test(
      "what makes no sense is named",
      arguments: [
        ("HF_ENDPOINT", "ftp://x"), ("HF_ENDPOINT", "x"), ("HF_HUB_ETAG_TIMEOUT", "soon"),
        ("HF_HUB_DOWNLOAD_TIMEOUT", "-1"), ("HF_TOKEN", "two words"), ("HF_TOKEN", "hf_\u{7}"),
      ])
    func nonsense(name: String, value: String) throws {
      let failure = #expect(throws: HubError.self) {
        try HubSettings(environment: ["HOME": "/u", name: value])
      }
      #expect(failure?.description.contains(name) == true)
      // A secret is not repeated.
      if name == "HF_TOKEN" { #expect(failure?.description.contains(value) == false) }
    }

    @Test("a token comes from its variable, else from its file")
    func token() throws {
      try withTemporaryDirectory { folder in
        func token(_ environment: [String: String]) throws -> String? {
          try HubSettings(environment: environment.merging(["HF_HOME": folder.path]) { $1 }).token
        }
        #expect(try token([:]) == nil)
        try Data("hf_file\n".utf8).write(to: folder.appending(path: "token"))
        try Data("hf_other".utf8).write(to: folder.appending(path: "other"))
        #expect(try token([:]) == "hf_file")
        #expect(try token(["HF_TOKEN_PATH": folder.appending(path: "other").path]) == "hf_other")
        #expect(try token(["HF_TOKEN": "hf_variable "]) == "hf_variable")
        #expect(try token(["HF_TOKEN": ""]) == "hf_file")
        #expect(try token(["HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]) == nil)
      }
    }
  }
#endif
