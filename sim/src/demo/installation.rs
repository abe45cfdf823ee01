//! The installation that the demo makes: a folder, the programs, and what they told.

use super::display::{Display, of_environment};
use super::show::{Show, line};
use super::web::Pages;
use super::{DemoArgs, places};
use crate::card::CA_FILE;
use crate::pcscd::Pcscd;
use crate::process::{Programs, Running, pause};
use anyhow::{Context, Result, bail};
use model::HospitalId;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The two departments of the demo: the second one shows that neither sees the other's cases.
const DEPARTMENT: &str = "立川訓練消防本部";
const OTHER_DEPARTMENT: &str = "宇部訓練消防本部";
/// The unit of the demo.
const CALLSIGN: &str = "立川訓練1";
/// The crew member of the demo.
const CREW: &str = "kyukyu1";
/// The dispatcher of the demo.
const DISPATCHER: &str = "shirei1";
/// The tablet must have said that it is connected within this time.
const CONNECTED_WITHIN: Duration = Duration::from_secs(30);

/// Everything that runs, and where it is.
pub(super) struct Installation {
    folder: tempfile::TempDir,
    out: PathBuf,
    programs: Programs,
    crew: (String, String),
    dispatcher: (String, String),
    desks: BTreeMap<HospitalId, (String, String)>,
    national: Value,
    address: Value,
    daemon: Option<Pcscd>,
    card: Option<Running>,
    national_program: Option<Running>,
    server: Option<Running>,
    hospitals: Option<Running>,
    display: Option<Display>,
}

impl Installation {
    /// Makes the folder and everything that rests in it.
    pub(super) async fn prepare(args: &DemoArgs, show: &mut Show) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("ems-demo-").tempdir().context("make a folder for the demo")?;
        let out = out_folder()?;
        let programs = Programs { bin: bin_dir(args)?, logs: out.clone() };
        let mut installation = Self {
            folder,
            out,
            programs,
            crew: Default::default(),
            dispatcher: Default::default(),
            desks: BTreeMap::new(),
            national: Value::Null,
            address: Value::Null,
            daemon: None,
            card: None,
            national_program: None,
            server: None,
            hospitals: None,
            display: None,
        };
        installation.init(show).await?;
        Ok(installation)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("server")
    }

    async fn admin(&self, words: &[&str]) -> Result<Value> {
        let data = self.data();
        let mut args: Vec<&str> = words.to_vec();
        let data = data.to_string_lossy().into_owned();
        args.extend(["--data", &data, "--json", "-"]);
        let printed = self.programs.run("dispatch-server", &args).await?;
        serde_json::from_str(&printed)
            .with_context(|| format!("read what `dispatch-server {}` printed", words.join(" ")))
    }

    async fn init(&mut self, show: &mut Show) -> Result<()> {
        self.admin(&["init", "--training", "--name", "localhost"]).await?;
        self.admin(&["departments", "add", DEPARTMENT]).await?;
        self.admin(&["departments", "add", OTHER_DEPARTMENT]).await?;
        self.admin(&["departments", "pin", DEPARTMENT, "on"]).await?;
        self.crew =
            account(&self.admin(&["crew", "add", CREW, "--department", DEPARTMENT, "--name", "救急 一郎"]).await?)?;
        let dispatcher = self.admin(&[
            "crew",
            "add",
            DISPATCHER,
            "--department",
            DEPARTMENT,
            "--name",
            "指令 花子",
            "--role",
            "dispatcher",
        ]);
        self.dispatcher = account(&dispatcher.await?)?;
        self.admin(&["hospitals", "import", "--embedded"]).await?;
        show.step("訓練用の指令サーバーを用意しました（認証局・二つの消防本部・病院表）");
        for (n, hospital) in places::desks(places::scene()?).into_iter().enumerate() {
            let (login, id) = (format!("desk{}", n + 1), hospital.id.to_string());
            let desk = self.admin(&["hospitals", "desk", "add", &login, "--hospital", &id]).await?;
            self.desks.insert(hospital.id, account(&desk)?);
        }
        show.step(&format!("病院窓口 {} か所を登録しました（実在の名前・模擬の応答）", self.desks.len()));
        Ok(())
    }

    /// Starts everything but the tablet.
    pub(super) async fn start(&mut self, args: &DemoArgs, show: &mut Show) -> Result<()> {
        self.start_card(args, show).await?;
        self.trust_cards(show).await?;
        self.start_national(show).await?;
        self.start_server(show).await?;
        self.enrol(show).await?;
        self.start_hospitals(show).await?;
        if args.pictures.is_some() && !args.headless && of_environment().is_none() {
            self.display = Some(Display::start(&self.programs).await?);
        }
        Ok(())
    }

    async fn start_card(&mut self, args: &DemoArgs, show: &mut Show) -> Result<()> {
        let daemon = tokio::task::spawn_blocking(Pcscd::ensure).await.context("start pcscd")??;
        show.step(if daemon.is_ours() {
            "pcscd を起動しました"
        } else {
            "動いている pcscd を使います"
        });
        let mut command = self.programs.command("sim");
        command.args(["card", "--persona", &args.persona, "--data"]).arg(self.cards());
        if let Some(namespace) = daemon.namespace() {
            command.arg("--namespace").arg(namespace);
        }
        let mut card = self.programs.start("card", &mut command)?;
        card.said("The card is on the reader").await?;
        show.step(&format!("模擬カード {} をリーダーに置きました", args.persona));
        self.daemon = Some(daemon);
        self.card = Some(card);
        Ok(())
    }

    /// The server takes look-ups of the virtual cards alone.
    async fn trust_cards(&self, show: &mut Show) -> Result<()> {
        let root = self.cards().join(CA_FILE).to_string_lossy().into_owned();
        self.admin(&["card-roots", "add", &root]).await?;
        show.step("模擬カードの発行者を指令サーバーに登録しました");
        Ok(())
    }

    fn cards(&self) -> PathBuf {
        self.folder.path().join("cards")
    }

    async fn start_national(&mut self, show: &mut Show) -> Result<()> {
        let ready = self.folder.path().join("national.json");
        let mut command = self.programs.command("sim");
        command.args(["national", "--listen", "127.0.0.1:0", "--tls"]).arg(self.folder.path().join("national"));
        command.arg("--json").arg(&ready);
        let mut national = self.programs.start("national", &mut command)?;
        self.national = national.ready(&ready).await?;
        self.national_program = Some(national);
        show.step("オンライン資格確認等システムの模擬を起動しました");
        Ok(())
    }

    /// Starts the server, or starts it again after a kill: on the same addresses.
    pub(super) async fn start_server(&mut self, show: &mut Show) -> Result<()> {
        let address = |key: &str| self.address[key].as_str().unwrap_or("127.0.0.1:0").to_owned();
        let run_file = self.data().join("run.json");
        // A killed server leaves its file behind.
        let _absent = std::fs::remove_file(&run_file);
        let mut command = self.programs.command("dispatch-server");
        command.arg("serve").arg("--data").arg(self.data()).args([
            "--quic",
            &address("quic"),
            "--https",
            &address("https"),
        ]);
        let national = self.national["address"].as_str().context("read the national stand-in's address")?;
        command
            .arg("--national")
            .arg(format!("https://{national}"))
            .arg("--national-tls")
            .arg(self.folder.path().join("national"));
        let mut server = self.programs.start("server", &mut command)?;
        self.address = server.ready(&run_file).await?;
        self.server = Some(server);
        show.step(&format!(
            "指令サーバーが待ち受けています（端末 {}、画面 {}）",
            self.address["quic"], self.address["https"]
        ));
        Ok(())
    }

    async fn enrol(&mut self, show: &mut Show) -> Result<()> {
        let tablet = self.tablet().to_string_lossy().into_owned();
        let root = self.cards().join(CA_FILE).to_string_lossy().into_owned();
        let enrol =
            ["units", "enrol", CALLSIGN, "--department", DEPARTMENT, "--out", &tablet, "--test-card-root", &root];
        self.admin(&enrol).await?;
        show.step(&format!("端末を登録しました（{CALLSIGN}）"));
        Ok(())
    }

    async fn start_hospitals(&mut self, show: &mut Show) -> Result<()> {
        let desks: Vec<Value> =
            self.desks.values().map(|(login, passcode)| json!({ "login": login, "passcode": passcode })).collect();
        let file = self.folder.path().join("desks.json");
        #[expect(clippy::disallowed_methods, reason = "this is a program")]
        std::fs::write(&file, serde_json::to_vec(&json!({ "desks": desks }))?).context("write the desks' file")?;
        let mut command = self.programs.command("sim");
        command.args(["hospitals", "--server", &self.pages_address(), "--ca"]).arg(self.ca()).arg("--desks").arg(&file);
        let mut hospitals = self.programs.start("hospitals", &mut command)?;
        hospitals.said("The desks are listening").await?;
        self.hospitals = Some(hospitals);
        show.step("病院窓口の模擬が応答を始めました");
        Ok(())
    }

    fn ca(&self) -> PathBuf {
        self.data().join("ca").join("ca.pem")
    }

    fn pages_address(&self) -> String {
        let port = self.address["https"].as_str().and_then(|a| a.rsplit(':').next()).unwrap_or("8443");
        format!("https://localhost:{port}")
    }

    fn pages(&self) -> Result<Pages> {
        Pages::new(&self.ca(), &self.pages_address())
    }

    /// The dispatcher opens the incident and sends the unit, as on the page.
    pub(super) async fn open_incident(&self, tablet: &mut Running, show: &mut Show) -> Result<()> {
        let mut pages = self.pages()?;
        let mut answers = 0_u32;
        let connected = async {
            while !pages.unit_is_connected(&self.dispatcher, CALLSIGN).await? {
                answers += 1;
                pause(Duration::from_millis(100)).await;
            }
            anyhow::Ok(())
        };
        let Ok(connected) = tokio::time::timeout(CONNECTED_WITHIN, connected).await else {
            let (within, words) = (CONNECTED_WITHIN.as_secs(), tablet.last_words());
            bail!(
                "the tablet did not connect within {within} s; the server answered {answers} times that it is not; {words}"
            );
        };
        connected.context("ask whether the tablet is connected")?;
        pages.open_incident(places::scene()?, places::PLACE, places::CALL, CALLSIGN).await?;
        show.step("指令員が事案を開き、隊を割り当てました（覚知・指令）");
        Ok(())
    }

    /// Waits until the tablet's log says that the history came.
    pub(super) async fn wait_for_history(&self, log: &Path) -> Result<()> {
        let came = async {
            loop {
                #[expect(clippy::disallowed_methods, reason = "this is a program")]
                let text = std::fs::read_to_string(log).unwrap_or_default();
                if text.contains("\"history_shown\"") {
                    return;
                }
                pause(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), came).await.context("wait for the history in the first half")
    }

    /// SIGKILL for the server.
    pub(super) async fn kill_server(&mut self, show: &mut Show) -> Result<()> {
        if let Some(server) = self.server.take() {
            server.kill().await?;
            show.step("指令サーバーを SIGKILL で止めました");
        }
        Ok(())
    }

    /// Fetches the handover document as the accepting hospital's desk and keeps it.
    pub(super) async fn fetch_document(&self, document: &Value, hospital: HospitalId) -> Result<String> {
        let address = document["address"].as_str().context("the tablet has no address of the document")?;
        let desk = self.desks.get(&hospital).context("the accepting hospital has no desk in the demo")?;
        let page = self.pages()?.document(desk, address).await?;
        let path = self.out.join("handover.html");
        #[expect(clippy::disallowed_methods, reason = "this is a program")]
        std::fs::write(&path, page).with_context(|| format!("write {}", path.display()))?;
        Ok(path.display().to_string())
    }

    /// The display for the window; none means no window.
    pub(super) fn display(&self, args: &DemoArgs) -> Result<Option<String>> {
        if args.headless {
            return Ok(None);
        }
        Ok(self.display.as_ref().map(|d| d.name.clone()).or_else(of_environment))
    }

    /// Tells where the pages are and how to sign in.
    pub(super) fn tell_addresses(&self, show: &mut Show) {
        show.step(&format!(
            "指令の画面 {}  名前 {}  パスコード {}",
            self.pages_address(),
            self.dispatcher.0,
            self.dispatcher.1
        ));
        if let Some((hospital, (login, passcode))) = self.desks.iter().next() {
            let name = places::name(*hospital).unwrap_or("?");
            show.step(&format!(
                "病院の画面 {}/desk  {name}  名前 {login}  パスコード {passcode}",
                self.pages_address()
            ));
        }
        line(&format!("  認証局の証明書 {}", self.ca().display()));
    }

    /// Stops everything in the reverse order of its start; the folder goes with this value.
    pub(super) async fn stop(mut self, show: &mut Show) {
        let running = [self.hospitals.take(), self.server.take(), self.national_program.take(), self.card.take()];
        for program in running.into_iter().flatten() {
            program.stop().await;
        }
        drop(self.daemon.take());
        show.step("すべて止めました");
    }

    /// The tablet's folder.
    pub(super) fn tablet(&self) -> PathBuf {
        self.folder.path().join("tablet")
    }
    /// The demo's folder.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }
    /// Where the programs are.
    pub(super) const fn programs(&self) -> &Programs {
        &self.programs
    }
    /// The crew's sign-in.
    pub(super) fn crew(&self) -> (&str, &str) {
        (&self.crew.0, &self.crew.1)
    }
}

fn account(printed: &Value) -> Result<(String, String)> {
    let field =
        |key: &str| printed[key].as_str().map(str::to_owned).with_context(|| format!("`{key}` of a new account"));
    Ok((field("login")?, field("passcode")?))
}

fn bin_dir(args: &DemoArgs) -> Result<PathBuf> {
    if let Some(given) = &args.bin_dir {
        return Ok(given.clone());
    }
    let own = std::env::current_exe().context("find this program's folder")?;
    own.parent().map(Path::to_path_buf).context("find this program's folder")
}

/// Where the document and the logs stay after the demo: they hold ids, and training data.
fn out_folder() -> Result<PathBuf> {
    let out = std::env::temp_dir().join(format!("ems-demo-out-{}", std::process::id()));
    std::fs::create_dir_all(&out).with_context(|| format!("make {}", out.display()))?;
    Ok(out)
}
