-- wrk's script for filing: the same report again and again, each under a key of its own.
local token, organisation, run = os.getenv("TOKEN"), os.getenv("ORGANISATION"), os.getenv("RUN")
local body = string.format('{"organisation":"%s","title":"Weiterleitungsregel im Postfach des Bauamts","description":"%s","observed":"account","inform":"by_name","detected_at":"2026-01-15T07:40:00Z"}',
  organisation, string.rep("Eine Regel leitet Mails an eine fremde Adresse weiter. Beispiel, frei erfunden. ", 5))
local number = 0

request = function()
  number = number + 1
  return wrk.format("POST", "/api/v1/incidents", {
    ["Authorization"] = "Bearer " .. token,
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = run .. "-" .. number,
  }, body)
end
